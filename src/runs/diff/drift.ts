import type { ColumnProfile, DataProfile, NumberProfile } from '../../data/index.ts';

/** How far the columns of one profile lie from those of another. */
export interface ProfileDrift {
  /** Columns that could be compared. */
  readonly compared: number;
  /** Why nothing can be said. */
  readonly because?: string;
  /** Those that moved further than chance would move them, the largest first. */
  readonly columns: readonly ColumnDrift[];
}

export interface ColumnDrift {
  readonly column: string;
  readonly psi: number;
  readonly floor: number;
  readonly level: 'some' | 'strong';
}

/** Below so many rows on a side, chance moves shares as far as drift does. */
const fewestRows = 200;

const levels = { some: 0.1, strong: 0.25 } as const;

/**
 * Population stability index (Siddiqi 2006) of every column that both profiles describe, with the usual levels 0.1 and
 * 0.25. It is computed from profiles alone: of numbers over six bins between the baseline's quantiles at 0.05, 0.25,
 * 0.5, 0.75 and 0.95 (where the other side's distribution function is known at its own quantiles and histogram edges,
 * and straight between them), of columns with few values over the values, each time with missing as a bin of its own.
 *
 * Two samples without drift have a PSI of about (1/n + 1/m) times a chi-square variable with one degree of freedom less
 * than there are bins (Yurdakul 2018), so nothing below its 99 % quantile is called drift. Rows that both have make
 * that too careful, never too bold.
 */
export function profileDrift(base: DataProfile, head: DataProfile): ProfileDrift {
  if (base.rows < fewestRows || head.rows < fewestRows) {
    const rows = Math.min(base.rows, head.rows);
    return {
      compared: 0,
      because: `with ${rows} rows, chance moves columns as far as drift does; it takes ${fewestRows} on both sides`,
      columns: [],
    };
  }
  const columns: ColumnDrift[] = [];
  let compared = 0;
  for (const after of head.columns) {
    const before = base.columns.find(({ name }) => name === after.name);
    const shares = before === undefined ? undefined : sharesOf(before, base.rows, after, head.rows);
    if (shares === undefined) continue;
    compared++;
    const psi = stability(shares, base.rows, head.rows);
    const floor = (1 / base.rows + 1 / head.rows) * chiSquare99(Math.max(1, shares.length - 1));
    if (psi < levels.some || psi <= floor) continue;
    columns.push({
      column: after.name,
      psi,
      floor,
      level: psi >= levels.strong ? 'strong' : 'some',
    });
  }
  return { compared, columns: columns.sort((a, b) => b.psi - a.psi || (a.column < b.column ? -1 : 1)) };
}

type Shares = readonly (readonly [base: number, head: number])[];

function sharesOf(
  before: ColumnProfile,
  rowsBefore: number,
  after: ColumnProfile,
  rowsAfter: number,
): Shares | undefined {
  if (before.personal === true || after.personal === true) return undefined;
  const missing = [share(before.nulls, rowsBefore), share(after.nulls, rowsAfter)] as const;
  if (isListed(before) && isListed(after)) {
    const values = new Set([...before.top!, ...after.top!].map(({ value }) => value));
    const of = (column: ColumnProfile, value: string, rows: number): number =>
      share(column.top!.find((each) => each.value === value)?.count ?? 0, rows);
    const valued = [...values].map(
      (value) => [of(before, value, rowsBefore), of(after, value, rowsAfter)] as const,
    );
    return [...valued, missing];
  }
  if (before.numbers === undefined || after.numbers === undefined) return undefined;
  const known = [1 - missing[0], 1 - missing[1]] as const;
  return [
    ...numberShares(before.numbers, after.numbers).map(
      ([base, head]) => [base * known[0], head * known[1]] as const,
    ),
    missing,
  ];
}

const binLevels = [0.05, 0.25, 0.5, 0.75, 0.95];
/** Places of these in the quantiles of a profile. */
const binQuantiles = [1, 2, 3, 4, 5];

/** Bins between the baseline's quantiles; equal quantiles, where many rows have one value, give one edge. */
function numberShares(base: NumberProfile, head: NumberProfile): Shares {
  const edges = [...new Set(binQuantiles.map((at) => base.quantiles[at]!))];
  const ofBase = edges.map((edge) => distributionAt(base, edge));
  const ofHead = edges.map((edge) => distributionAt(head, edge));
  const bins: (readonly [number, number])[] = [];
  for (let bin = 0; bin <= edges.length; bin++) {
    const part = (at: readonly number[]): number => (at[bin] ?? 1) - (bin === 0 ? 0 : at[bin - 1]!);
    bins.push([Math.max(0, part(ofBase)), Math.max(0, part(ofHead))]);
  }
  return bins;
}

/** The share of values up to `x`: known at quantiles and edges of the histogram, straight between two of them. */
function distributionAt(numbers: NumberProfile, x: number): number {
  const { minimum, maximum, quantiles, histogram } = numbers;
  if (x < minimum) return 0;
  if (x >= maximum) return 1;
  const known: [number, number][] = binLevels.map((level, i) => [quantiles[binQuantiles[i]!]!, level]);
  const total = histogram.counts.reduce((sum, n) => sum + n, 0);
  let below = 0;
  histogram.edges.forEach((edge, i) => {
    known.push([edge, total === 0 ? 0 : below / total]);
    below += histogram.counts[i] ?? 0;
  });
  known.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const at = known.findLastIndex(([value]) => value <= x);
  const left = known[at]!;
  const right = known[at + 1];
  if (right === undefined || left[0] === x) return left[1];
  const between = left[1] + ((x - left[0]) / (right[0] - left[0])) * (right[1] - left[1]);
  return Math.min(1, Math.max(left[1], between));
}

/** Shares are smoothed by half a row in each bin, so that an empty one does not make everything infinite. */
function stability(shares: Shares, rowsBefore: number, rowsAfter: number): number {
  const smooth = (value: number, rows: number): number => (value * rows + 0.5) / (rows + 0.5 * shares.length);
  return shares.reduce((sum, [before, after]) => {
    const [expected, actual] = [smooth(before, rowsBefore), smooth(after, rowsAfter)];
    return sum + (actual - expected) * Math.log(actual / expected);
  }, 0);
}

/** The 99 % quantile by Wilson and Hilferty (1931): within 1 % of the true one. */
function chiSquare99(degrees: number): number {
  const spread = 2 / (9 * degrees);
  return degrees * (1 - spread + 2.3263478740408408 * Math.sqrt(spread)) ** 3;
}

/** Every value that the column has is in `top`. */
function isListed(column: ColumnProfile): boolean {
  return column.top !== undefined && column.distinct === column.top.length;
}

function share(count: number, rows: number): number {
  return rows === 0 ? 0 : count / rows;
}
