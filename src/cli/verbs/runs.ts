import type { AnnotateOptions, ListOptions } from '../../commands/index.ts';
import { annotateRun, diffOfRuns, listRuns, showRun } from '../../commands/index.ts';
import {
  count,
  diffReportMarkdown,
  diffReportText,
  runListText,
  runNotesText,
  runReportText,
  visible,
} from '../../report/index.ts';
import type { ListedRun, RunGroup } from '../../runs/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { diagnostics, fail } from '../failures.ts';

export interface ListVerbOptions extends CommonOptions, ListOptions {
  readonly limit: number;
}

export async function listVerb(console: Console, options: ListVerbOptions): Promise<void> {
  const { json, directory: _, ...question } = options;
  const listed = await listRuns({ ...question, details: json === true }, effectsOf(console, options));
  if (!listed.ok) return fail(console, options, listed.failure);
  const { runs, groups, total, damaged } = listed.value;
  if (json === true) printJson(console, groups?.groups.map(groupRow(groups.by)) ?? runs.map(runRow));
  else if (total === 0) console.err(nothing(question));
  else {
    console.out(runListText(listed.value, console.outTerminal));
    const shown = groups?.groups.length ?? runs.length;
    if (shown < total)
      console.err(`Shown are ${count(shown)} of ${count(total)}: --limit ${total} shows all.\n`);
  }
  if (damaged.length > 0) console.err(diagnostics(console, options, damaged.slice(0, mostDamaged)));
  if (damaged.length > mostDamaged) console.err(`and ${count(damaged.length - mostDamaged)} more files.\n`);
}

const mostDamaged = 10;

function nothing({ where, pipeline, archived }: ListOptions): string {
  if (where !== undefined) return 'No run meets the condition.\n';
  if (archived === true || pipeline === undefined) {
    return 'There are no runs yet. `trainyard run <pipeline>` makes the first.\n';
  }
  return `There are no runs of ${visible(pipeline)} yet. \`trainyard run ${visible(pipeline)}\` makes the first.\n`;
}

/** One row of `--json`. */
function runRow({ fields, details, ...run }: ListedRun): object {
  return { ...run, ...details, ...(fields.size === 0 ? {} : { fields: Object.fromEntries(fields) }) };
}

function groupRow(by: readonly string[]): (group: RunGroup) => object {
  return ({ values, ...group }) => ({
    by: Object.fromEntries(by.map((field, i) => [field, values[i]])),
    ...group,
  });
}

export interface ShowVerbOptions extends CommonOptions {
  readonly run: string;
  readonly pipeline?: string;
}

export async function showVerb(console: Console, options: ShowVerbOptions): Promise<void> {
  const shown = await showRun(options, effectsOf(console, options));
  if (!shown.ok) return fail(console, options, shown.failure);
  const { record, notes } = shown.value;
  if (options.json === true) printJson(console, { ...record, ...notes });
  else
    console.out(`${runReportText(record, console.outTerminal)}${runNotesText(notes, console.outTerminal)}`);
}

export interface AnnotateVerbOptions extends CommonOptions, AnnotateOptions {}

export async function annotateVerb(console: Console, options: AnnotateVerbOptions): Promise<void> {
  const annotated = await annotateRun(options, effectsOf(console, options));
  if (!annotated.ok) return fail(console, options, annotated.failure);
  const { entry, path, written } = annotated.value;
  if (options.json === true) return printJson(console, { path, entry, written: written !== undefined });
  const done = { tag: 'is tagged', untag: 'is no longer tagged', note: 'has a new note' }[entry.kind];
  const what = entry.kind === 'note' ? '' : ` ${entry.text}`;
  if (written !== undefined) console.err(`Run ${entry.run} ${done}${what}.\n`);
  else if (options.dryRun === true) console.err(`This would be written as ${path}.\n`);
  else console.err(`Run ${entry.run} was tagged${what} before.\n`);
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
