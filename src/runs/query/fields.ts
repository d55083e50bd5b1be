// Not by the door, which needs Node: pages of a site have this language too.
import { nearest } from '../../base/nearest.ts';
import type { RunTable } from '../run-index/run-table.ts';
import type { Name } from './where-syntax.ts';
import { WhereMistake } from './where-syntax.ts';

/** What a name stands for: a column of the index, or what people said of a run. */
export type Field =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'tag' | 'note'; readonly name: string };

/** Fields that every index has, with the names that they also go by. */
const simple: Readonly<Record<string, string>> = {
  id: 'id',
  run: 'id',
  pipeline: 'pipeline',
  started: 'started',
  startedAt: 'started',
  seconds: 'seconds',
  status: 'status',
  verdict: 'verdict',
  trigger: 'trigger',
  actor: 'actor',
  commit: 'commit',
  branch: 'branch',
  dirty: 'dirty',
  model: 'model',
  archived: 'archived',
};

/** Groups of fields, in the order in which a name alone is looked for. */
const groups = ['metrics', 'params', 'matrix', 'data'];

/**
 * The field that a name means: `metrics.roc_auc` in full, or `roc_auc` alone where only one group has it.
 * @throws WhereMistake when no record has it, or several groups do
 */
export function fieldOf(index: RunTable, name: Name): Field {
  const { text } = name;
  if (text === 'tag' || text === 'tags') return { kind: 'tag', name: 'tag' };
  if (text === 'note' || text === 'notes') return { kind: 'note', name: 'note' };
  const known = Object.hasOwn(simple, text) ? simple[text] : undefined;
  if (known !== undefined) return { kind: 'column', name: known };
  const isGrouped = groups.some((group) => text.startsWith(`${group}.`));
  if (isGrouped && index.fields.has(text)) return { kind: 'column', name: text };
  // Before the first run everything is missing, and nothing is known to be misspelt.
  if (index.count === 0) return { kind: 'column', name: text };
  const found = groups.map((group) => `${group}.${text}`).filter((full) => index.fields.has(full));
  if (found.length === 1) return { kind: 'column', name: found[0]! };
  if (found.length > 1) {
    throw new WhereMistake({
      ...name,
      message: `"${text}" can mean ${found.join(' and ')}`,
      remedy: 'Write the one that you mean in full.',
    });
  }
  throw new WhereMistake({
    ...name,
    message: `No run has a field "${text}"`,
    remedy: remedyFor(index, text),
  });
}

/** Names of the fields of a group that any record has, without the group, sorted. */
export function namesOf(index: RunTable, group: 'metrics' | 'params' | 'matrix' | 'data'): readonly string[] {
  const prefix = `${group}.`;
  const names = [...index.fields.keys()].filter((field) => field.startsWith(prefix));
  return names.map((field) => field.slice(prefix.length)).sort();
}

function remedyFor(index: RunTable, text: string): string {
  const full = [...Object.keys(simple), 'tag', 'note', ...[...index.fields.keys()].filter(isOfGroup)];
  const short = groups.flatMap((group) => namesOf(index, group as 'params'));
  const meant = nearest(text, full) ?? nearest(text, short);
  if (meant !== undefined) return `Did you mean "${meant}"?`;
  const group = groups.find((each) => text.startsWith(`${each}.`));
  const choice =
    group === undefined ? full : namesOf(index, group as 'params').map((name) => `${group}.${name}`);
  const shown = choice.slice(0, 24).join(', ');
  return choice.length === 0
    ? `No run has ${group}.`
    : `There are: ${shown}${choice.length > 24 ? ', …' : ''}.`;
}

function isOfGroup(field: string): boolean {
  return groups.some((group) => field.startsWith(`${group}.`));
}
