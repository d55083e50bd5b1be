import { diffOfRuns, listRuns, showRun } from '../../commands/index.ts';
import { diffReportMarkdown, diffReportText, runReportText, runTableText } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { diagnostics, fail } from '../failures.ts';

export interface ListVerbOptions extends CommonOptions {
  readonly pipeline: string | undefined;
  readonly limit: number;
}

export async function listVerb(console: Console, options: ListVerbOptions): Promise<void> {
  const { pipeline, limit } = options;
  const listed = await listRuns(
    { limit, ...(pipeline === undefined ? {} : { pipeline }) },
    effectsOf(console, options),
  );
  if (!listed.ok) return fail(console, options, listed.failure);
  const { records, damaged } = listed.value;
  if (options.json === true) printJson(console, records);
  else if (records.length === 0)
    console.err('There are no runs yet. `trainyard run <pipeline>` makes the first.\n');
  else console.out(runTableText(records, console.outTerminal));
  if (damaged.length > 0) console.err(diagnostics(console, options, damaged));
}

export interface ShowVerbOptions extends CommonOptions {
  readonly run: string;
  readonly pipeline?: string;
}

export async function showVerb(console: Console, options: ShowVerbOptions): Promise<void> {
  const shown = await showRun(options, effectsOf(console, options));
  if (!shown.ok) return fail(console, options, shown.failure);
  if (options.json === true) printJson(console, shown.value);
  else console.out(runReportText(shown.value, console.outTerminal));
}

export interface DiffVerbOptions extends CommonOptions {
  readonly base: string;
  readonly head: string;
  readonly pipeline?: string;
  readonly md?: boolean;
}

export async function diffVerb(console: Console, options: DiffVerbOptions): Promise<void> {
  const diff = await diffOfRuns(options, effectsOf(console, options));
  if (!diff.ok) return fail(console, options, diff.failure);
  if (options.json === true) printJson(console, diff.value);
  else if (options.md === true) console.out(diffReportMarkdown(diff.value));
  else console.out(diffReportText(diff.value, console.outTerminal));
}
