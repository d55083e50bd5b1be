import type { JsonScalar } from '../../base/index.ts';
import type { FlatRun } from './flat-run.ts';
import { commonColumns } from './flat-run.ts';

/** What all values of a column are; a column of several kinds is text. */
export type ColumnKind = 'text' | 'integer' | 'number' | 'boolean' | 'time' | 'empty';

export interface ExportColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** Learns the columns of rows that it is shown one by one. */
export class ColumnBook {
  readonly #kinds = new Map<string, ColumnKind>(commonColumns.map((name) => [name, kindOfCommon(name)]));

  add(row: FlatRun): void {
    for (const [name, value] of Object.entries(row)) {
      if (commonColumns.includes(name)) continue;
      const before = this.#kinds.get(name) ?? 'empty';
      this.#kinds.set(name, unite(before, kindOf(value)));
    }
  }

  /** The common ones, then data, parameters and metrics, each by name with a metric before the ends of its interval. */
  columns(): readonly ExportColumn[] {
    const names = [...this.#kinds.keys()].slice(commonColumns.length);
    const groups = ['data.', 'params.', 'metrics.'].flatMap((prefix) =>
      names.filter((name) => name.startsWith(prefix)).sort(byMetric),
    );
    return [...commonColumns, ...groups].map((name) => ({ name, kind: this.#kinds.get(name)! }));
  }
}

function byMetric(a: string, b: string): number {
  const [one, other] = [a, b].map((name) => name.replace(/\.low$/, '.0').replace(/\.high$/, '.1')) as [
    string,
    string,
  ];
  return one < other ? -1 : one > other ? 1 : 0;
}

function kindOfCommon(name: string): ColumnKind {
  if (name === 'started_at' || name === 'ended_at') return 'time';
  if (name === 'seconds') return 'number';
  return name === 'dirty' ? 'boolean' : 'text';
}

function kindOf(value: JsonScalar): ColumnKind {
  if (value === null) return 'empty';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value !== 'number') return 'text';
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? 'integer' : 'number';
}

function unite(one: ColumnKind, other: ColumnKind): ColumnKind {
  if (one === other || other === 'empty') return one;
  if (one === 'empty') return other;
  return new Set([one, other, 'integer', 'number']).size === 2 ? 'number' : 'text';
}
