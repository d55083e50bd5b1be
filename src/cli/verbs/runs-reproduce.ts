import { tmpdir } from 'node:os';
import { version } from '../../base/index.ts';
import { reproduceRun } from '../../commands/index.ts';
import { reproductionMarkdown, reproductionText } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';
import { showProgress } from '../progress.ts';

export interface ReproduceVerbOptions extends CommonOptions {
  readonly run: string;
  readonly pipeline?: string;
  readonly keep?: boolean;
  readonly jobs?: number;
  readonly verbose?: boolean;
  readonly md?: boolean;
}

export async function reproduceVerb(console: Console, options: ReproduceVerbOptions): Promise<void> {
  const effects = effectsOf(console, options);
  const progress = showProgress({
    write: console.err,
    terminal: console.errTerminal,
    now: effects.monotonic,
    verbose: options.verbose === true,
  });
  const done = await reproduceRun(
    { ...options, temporary: tmpdir(), version: version() },
    { ...effects, listener: progress.listener },
  ).finally(() => progress.close());
  if (!done.ok) {
    fail(console, options, done.failure);
    if (console.signal.aborted) console.exit(130);
    return;
  }
  if (options.json === true) printJson(console, done.value);
  else if (options.md === true) console.out(reproductionMarkdown(done.value));
  else console.out(reproductionText(done.value, console.outTerminal));
  console.exit(done.value.identical ? 0 : 1);
}
