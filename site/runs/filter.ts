import type { Condition } from '@format';
import { compileWhere, parseWhere, WhereMistake } from '@format';
import type { RunsTable } from './runs-table.ts';
import { maskSearch } from './search.ts';

/** Fields with a list of their values to choose from. */
export const facets = ['pipeline', 'verdict', 'status', 'branch', 'tag'] as const;
export type Facet = (typeof facets)[number];

/** Which runs are meant: those that fit all of it. */
export interface RunsFilter {
  readonly search: string;
  /** In the language of `trainyard runs list --where`; empty: all. */
  readonly where: string;
  /** One of the values has to be the run's. */
  readonly chosen: Readonly<Partial<Record<Facet, readonly string[]>>>;
}

/** Where a condition is wrong; places count characters from 0. */
export interface WhereProblem {
  readonly message: string;
  readonly remedy: string;
  readonly at: number;
  readonly length: number;
}

/** What is wrong with a condition; `undefined` when it can be asked. */
export function whereProblem(table: RunsTable, where: string): WhereProblem | undefined {
  if (where.trim() === '') return undefined;
  try {
    compileWhere(parseWhere(where), table);
    return undefined;
  } catch (error) {
    if (!(error instanceof WhereMistake)) throw error;
    const { message, remedy, at, length } = error;
    return { message, remedy, at, length };
  }
}

/** 1 for each row that fits, by row. A condition that cannot be asked counts as none. */
export function maskOf(table: RunsTable, filter: RunsFilter): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(table.count).fill(1);
  for (const condition of conditionsOf(filter)) keep(table, condition, mask);
  if (filter.search.trim() !== '') maskSearch(table, filter.search, mask);
  return mask;
}

function conditionsOf({ where, chosen }: RunsFilter): readonly Condition[] {
  const conditions = facets.flatMap((facet): Condition[] => {
    const values = chosen[facet];
    if (values === undefined || values.length === 0) return [];
    const literals = values.map((text) => ({ text, quoted: true, at: 0, length: 0 }));
    return [{ kind: 'in', field: { text: facet, at: 0, length: 0 }, values: literals }];
  });
  if (where.trim() === '') return conditions;
  try {
    return [...conditions, parseWhere(where)];
  } catch (error) {
    if (error instanceof WhereMistake) return conditions;
    throw error;
  }
}

function keep(table: RunsTable, condition: Condition, mask: Uint8Array): void {
  try {
    const fits = compileWhere(condition, table);
    for (let row = 0; row < mask.length; row++) {
      if (mask[row] === 1 && !fits(row)) mask[row] = 0;
    }
  } catch (error) {
    if (!(error instanceof WhereMistake)) throw error;
    // A value that no run can have, by a link from elsewhere: nothing fits, which is what the table then shows.
    if (condition.kind === 'in') mask.fill(0);
  }
}

/** The whole filter as one condition for the command line; a search has no place in it. */
export function asWhere(filter: RunsFilter): string {
  const parts = facets.flatMap((facet) => {
    const values = filter.chosen[facet] ?? [];
    if (values.length === 0) return [];
    const texts = values.map((text) => writeLiteral(text));
    return [values.length === 1 ? `${facet} = ${texts[0]}` : `${facet} in (${texts.join(', ')})`];
  });
  const where = filter.where.trim();
  if (where === '') return parts.join(' and ');
  return parts.length === 0 ? where : `${parts.join(' and ')} and (${where})`;
}

const reserved = /^(?:and|or|not|in|is)$/i;
const bare = /^[^\s=!<>~(),"']+$/;

/** A value as it has to be written in a condition. */
export function writeLiteral(text: string, quoted = false): string {
  return !quoted && bare.test(text) && !reserved.test(text)
    ? text
    : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** The name of a field as it has to be written: `params."learning rate"`. */
export function writeName(name: string): string {
  if (bare.test(name) && !reserved.test(name)) return name;
  const dot = name.indexOf('.');
  const group = name.slice(0, dot + 1);
  return bare.test(group) ? `${group}${writeLiteral(name.slice(dot + 1), true)}` : writeLiteral(name, true);
}
