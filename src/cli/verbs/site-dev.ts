import { developSite } from '../../commands/index.ts';
import { visible } from '../../report/index.ts';
import type { DevEvent } from '../../site/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { diagnostics, fail, withoutCause } from '../failures.ts';

export interface SiteDevVerbOptions extends CommonOptions {
  readonly port?: number;
  readonly base?: string;
}

/** Prose on standard error; the address, once it answers, on standard output. With `--json` every event is a line there. */
export async function siteDevVerb(console: Console, options: SiteDevVerbOptions): Promise<void> {
  const hear = (event: DevEvent): void => {
    if (options.json === true) {
      const told = event.kind === 'wrong' ? { ...event, failures: event.failures.map(withoutCause) } : event;
      console.out(`${JSON.stringify(told)}\n`);
    } else if (event.kind === 'ready') {
      console.out(`${event.url}\n`);
      console.err('Changes are shown as they come. Ctrl-C ends it.\n');
    } else if (event.kind === 'wrong') console.err(diagnostics(console, options, event.failures));
    else if (event.kind === 'said') console.err(`${visible(event.line)}\n`);
    else if (event.kind === 'refreshed') {
      const runs = event.runs === 1 ? '1 run' : `${event.runs} runs`;
      console.err(`${runs}, read in ${event.seconds.toFixed(1)} s\n`);
    }
  };
  const done = await developSite({ ...options, hear }, effectsOf(console, options));
  if (!done.ok) fail(console, options, done.failure);
}
