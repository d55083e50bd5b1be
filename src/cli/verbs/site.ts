import type { SiteOptions } from '../../commands/index.ts';
import { makeSite } from '../../commands/index.ts';
import { counted, visible } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export async function siteBuildVerb(console: Console, options: SiteOptions & CommonOptions): Promise<void> {
  const progress = oneLine(console, options);
  const made = await makeSite({ ...options, progress }, effectsOf(console, options)).finally(() =>
    progress(),
  );
  if (!made.ok) {
    fail(console, options, made.failure);
    if (console.signal.aborted) console.exit(130);
    return;
  }
  if (options.json === true) return printJson(console, made.value);
  const { out, runs, models, datasets, pagesMade, notes, missing } = made.value;
  const lines = [
    `${counted(runs.total, 'run')}, ${runs.added} new; ${counted(models, 'model')}; ${counted(datasets, 'dataset')}; pages ${pagesMade ? 'made' : 'as before'}`,
    ...notes.map((note) => `Note: ${note}`),
    ...missing.map((what) => `Left out: ${what}`),
    out,
  ];
  console.out(`${lines.map(visible).join('\n')}\n`);
}

/** Says what is being done in one line of a terminal, which is empty again when nothing is. */
function oneLine(console: Console, { json }: CommonOptions): (doing?: string) => void {
  if (json === true || !console.errTerminal.isInteractive) return () => undefined;
  return (doing) => console.err(`\r\u001b[2K${doing === undefined ? '' : `${doing} …`}`);
}
