import type { ExportRunsOptions } from '../../commands/index.ts';
import { exportRuns } from '../../commands/index.ts';
import { counted } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { diagnostics, fail } from '../failures.ts';

export type ExportVerbOptions = CommonOptions & ExportRunsOptions;

export async function exportVerb(console: Console, options: ExportVerbOptions): Promise<void> {
  const done = await exportRuns(options, effectsOf(console, options));
  if (!done.ok) {
    fail(console, options, done.failure);
    if (console.signal.aborted) console.exit(130);
    return;
  }
  const { runs, output, formulas, damaged } = done.value;
  if (options.json === true) printJson(console, done.value);
  else {
    const would = options.dryRun === true ? 'Would write' : 'Wrote';
    console.out(`${would} ${counted(runs, 'run')} to ${output}\n`);
  }
  if (formulas.length > 0) {
    console.err(
      `Some texts in ${formulas.join(', ')} would run as formulas in a spreadsheet; --escape-formulas puts an apostrophe before them.\n`,
    );
  }
  if (damaged.length > 0) console.err(diagnostics(console, options, damaged));
}
