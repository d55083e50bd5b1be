import type { ColumnProfile, DataProfile, NumberProfile } from '../../data/index.ts';
import type { ColumnChange, ColumnDiff } from './run-diff.ts';

const missingMatters = 0.01;
const shiftMatters = 0.05;
const shareMatters = 0.05;

/** Columns that were added, removed, or whose profile changed by as much as a person would want to know. */
export function diffColumns(
  base: DataProfile | undefined,
  head: DataProfile | undefined,
): readonly ColumnDiff[] {
  if (base === undefined || head === undefined) return [];
  const names = [...new Set([...head.columns, ...base.columns].map((column) => column.name))];
  return names.flatMap((column): ColumnDiff | readonly ColumnDiff[] => {
    const before = base.columns.find((each) => each.name === column);
    const after = head.columns.find((each) => each.name === column);
    if (before === undefined) return { column, change: 'added', details: [] };
    if (after === undefined) return { column, change: 'removed', details: [] };
    const details = diffColumn(before, base.rows, after, head.rows);
    return details.length === 0 ? [] : { column, change: 'changed', details };
  });
}

function diffColumn(
  before: ColumnProfile,
  rowsBefore: number,
  after: ColumnProfile,
  rowsAfter: number,
): readonly ColumnChange[] {
  const changes: ColumnChange[] = [];
  if (before.type !== after.type) changes.push({ kind: 'type', base: before.type, head: after.type });
  const missing = { base: share(before.nulls, rowsBefore), head: share(after.nulls, rowsAfter) };
  if (Math.abs(missing.base - missing.head) >= missingMatters) changes.push({ kind: 'missing', ...missing });
  const listed = isListed(before) && isListed(after);
  if (!listed && before.numbers !== undefined && after.numbers !== undefined) {
    const distance = distributionDistance(before.numbers, after.numbers);
    if (distance >= shiftMatters) {
      changes.push({ kind: 'shifted', distance, base: median(before.numbers), head: median(after.numbers) });
    }
    return changes;
  }
  return [...changes, ...diffValues(before, rowsBefore, after, rowsAfter)];
}

function diffValues(
  before: ColumnProfile,
  rowsBefore: number,
  after: ColumnProfile,
  rowsAfter: number,
): readonly ColumnChange[] {
  if (before.top === undefined || after.top === undefined) return [];
  const old = new Map(before.top.map(({ value, count }) => [value, share(count, rowsBefore)]));
  const now = new Map(after.top.map(({ value, count }) => [value, share(count, rowsAfter)]));
  const changes: ColumnChange[] = [];
  // Only when `top` is complete is a value that is not in it a value that the column does not have.
  const added = isListed(before) ? [...now.keys()].filter((value) => !old.has(value)) : [];
  const removed = isListed(after) ? [...old.keys()].filter((value) => !now.has(value)) : [];
  if (added.length + removed.length > 0) changes.push({ kind: 'values', added, removed });
  for (const [value, shareAfter] of now) {
    const shareBefore = old.get(value);
    if (shareBefore === undefined || Math.abs(shareBefore - shareAfter) < shareMatters) continue;
    changes.push({ kind: 'share', value, base: shareBefore, head: shareAfter });
  }
  return changes;
}

/** Every value that the column has is in `top`. */
function isListed(column: ColumnProfile): boolean {
  return column.top !== undefined && column.distinct === column.top.length;
}

function share(count: number, rows: number): number {
  return rows === 0 ? 0 : count / rows;
}

const levels = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

function median(numbers: NumberProfile): number {
  return numbers.quantiles[3]!;
}

/**
 * The largest distance of two distribution functions at the quantiles of either, where each function is known exactly
 * at its own quantiles and taken as straight between them. One wild value does not disturb it, as it would histograms
 * whose bins reach from minimum to maximum.
 */
function distributionDistance(a: NumberProfile, b: NumberProfile): number {
  return Math.max(oneSided(a, b), oneSided(b, a));
}

function oneSided(of: NumberProfile, against: NumberProfile): number {
  let most = 0;
  for (const [i, level] of levels.entries()) {
    const [low, high] = levelsAt(against, of.quantiles[i]!);
    most = Math.max(most, low - level, level - high);
  }
  return most;
}

/** Below and at a value: the shares of rows that lie there; they differ where many rows have the very value. */
function levelsAt(numbers: NumberProfile, value: number): readonly [number, number] {
  const points = [numbers.minimum, ...numbers.quantiles, numbers.maximum];
  const shares = [0, ...levels, 1];
  if (value < points[0]!) return [0, 0];
  if (value > points.at(-1)!) return [1, 1];
  const equal = shares.filter((_, i) => points[i] === value);
  const above = points.findIndex((point) => point > value);
  if (equal.length === 1) return [equal[0]!, equal[0]!];
  // Many rows have this value: its share begins after the quantile below it and ends before the one above.
  if (equal.length > 1) {
    const below = points.findLastIndex((point) => point < value);
    return [below < 0 ? 0 : shares[below]!, above < 0 ? 1 : shares[above]!];
  }
  const [left, right] = [points[above - 1]!, points[above]!];
  const level =
    shares[above - 1]! + ((value - left) / (right - left)) * (shares[above]! - shares[above - 1]!);
  return [level, level];
}
