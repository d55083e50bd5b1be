import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Column, Table } from '../sql/index.ts';
import type { EvaluateFailure } from './failures.ts';
import * as failures from './failures.ts';
import { compareLabels } from './truth.ts';

/** A column as it is, or a numeric column cut at edges: `[45, 60]` gives `< 45`, `45 to < 60`, `>= 60`. */
export interface SliceSpec {
  readonly column: string;
  readonly edges?: readonly number[];
}

/** The rows that have one value of a column. */
export interface Slice {
  readonly column: string;
  readonly value: string;
  /** Row indices, rising. */
  readonly rows: Int32Array;
}

/** Values of a column beyond the most frequent 50 go together under this name. */
const otherValues = '(other)';
/** Rows without a value are a slice of their own. */
const missingValue = '(missing)';
const mostValues = 50;

/**
 * Groups rows by the value of each column. Every row is in exactly one slice of a column; slices come in the order
 * of the specs, their values by size (numbers) or code units (texts), then the others, then the missing.
 */
export function slicesOf(
  table: Table,
  specs: readonly SliceSpec[],
): Result<readonly Slice[], EvaluateFailure> {
  const slices: Slice[] = [];
  for (const spec of specs) {
    const column = table.columns.get(spec.column);
    if (column === undefined) return failed(failures.sliceUnknown(spec.column, [...table.columns.keys()]));
    const problem = edgesProblem(column, spec.edges);
    if (problem !== undefined) return failed(failures.sliceEdges(spec.column, problem));
    slices.push(...slicesOfColumn(spec, column));
  }
  return success(slices);
}

function edgesProblem(column: Column, edges: readonly number[] | undefined): string | undefined {
  if (edges === undefined) return undefined;
  if (column.kind === 'text') return 'it is a column of texts';
  if (edges.length === 0) return 'there are none';
  const unordered = edges.findIndex((edge, i) => !Number.isFinite(edge) || (i > 0 && edge <= edges[i - 1]!));
  return unordered < 0
    ? undefined
    : `${edges[unordered]} does not come after ${edges[unordered - 1] ?? 'nothing'}`;
}

function slicesOfColumn(spec: SliceSpec, column: Column): readonly Slice[] {
  const groups = new Map<string, number[]>();
  const names = spec.edges === undefined ? [] : edgeNames(spec.edges);
  for (let row = 0; row < column.values.length; row++) {
    const value = column.values[row]!;
    const name = value === null || Number.isNaN(value) ? missingValue : nameOf(value, spec.edges, names);
    const rows = groups.get(name);
    if (rows === undefined) groups.set(name, [row]);
    else rows.push(row);
  }
  const missing = groups.get(missingValue);
  groups.delete(missingValue);
  const others = takeRare(groups);
  const named: [string, readonly number[]][] =
    spec.edges === undefined
      ? [...groups].sort(([a], [b]) => compareLabels(a, b))
      : names.flatMap((name) => (groups.has(name) ? [[name, groups.get(name)!]] : []));
  if (others.length > 0) named.push([otherValues, others]);
  if (missing !== undefined) named.push([missingValue, missing]);
  return named.map(([value, rows]) => ({ column: spec.column, value, rows: Int32Array.from(rows) }));
}

/** Removes all but the most frequent values (the first in order among equals) and returns their rows. */
function takeRare(groups: Map<string, number[]>): readonly number[] {
  const byFrequency = [...groups].sort(([a, x], [b, y]) => y.length - x.length || compareLabels(a, b));
  const rare = byFrequency.slice(mostValues);
  for (const [name] of rare) groups.delete(name);
  return rare.flatMap(([, rows]) => rows).sort((a, b) => a - b);
}

function nameOf(
  value: number | string,
  edges: readonly number[] | undefined,
  names: readonly string[],
): string {
  if (edges === undefined) return String(value);
  const above = edges.findIndex((edge) => (value as number) < edge);
  return names[above < 0 ? edges.length : above]!;
}

function edgeNames(edges: readonly number[]): readonly string[] {
  return [
    `< ${edges[0]}`,
    ...edges.slice(1).map((edge, i) => `${edges[i]} to < ${edge}`),
    `>= ${edges.at(-1)}`,
  ];
}
