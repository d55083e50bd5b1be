import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ReportOptions } from '../../commands/index.ts';
import { outputUnwritable, report } from '../../commands/index.ts';
import { pullReportMarkdown } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export interface ReportVerbOptions extends CommonOptions, ReportOptions {
  /** A file for the report instead of standard output. */
  readonly out?: string;
  /** Addresses that the comment leads to. */
  readonly site?: string;
  readonly summaryUrl?: string;
  /** The run is of a fork. */
  readonly unverified?: boolean;
}

/** The exit code says whether there is a report, not what stands in it: gates are judged by `run`. */
export async function reportVerb(console: Console, options: ReportVerbOptions): Promise<void> {
  const made = await report(options, effectsOf(console, options));
  if (!made.ok) return fail(console, options, made.failure);
  const text =
    options.json === true
      ? `${JSON.stringify(made.value, null, 2)}\n`
      : pullReportMarkdown(made.value, options);
  if (options.out === undefined) return console.out(text);
  const file = resolve(console.cwd, options.directory ?? '.', options.out);
  try {
    await writeFile(file, text);
  } catch (error) {
    return fail(console, options, [outputUnwritable(options.out, error)]);
  }
  const what = made.value.changed ? 'the report' : 'the report: nothing changed';
  console.err(`Wrote ${what} of ${made.value.pipeline} to ${options.out}.\n`);
}
