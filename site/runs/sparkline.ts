import { cellKinds } from '@format';
import type { RunsTable } from './runs-table.ts';

/** How a number went over the rows in time, small enough for the head of a column. */
export interface Sparkline {
  /** Of the means, as the `d` of a path. */
  readonly line: string;
  /** From least to greatest. */
  readonly band: string;
  readonly runs: number;
  readonly least: number;
  readonly greatest: number;
  readonly newest: number;
}

/** Units of the paths. */
export const sparkSize: { readonly width: number; readonly height: number } = { width: 120, height: 20 };

const mostPoints = 40;

/** `undefined` for fewer than two numbers. */
export function sparklineOf(table: RunsTable, rows: Int32Array, field: string): Sparkline | undefined {
  const { width, height } = sparkSize;
  const { kinds, values } = table.column(field);
  // Rows are numbered from the newest on, so that from the greatest on they are in the order of time.
  const isAsked = new Uint8Array(table.count);
  let asked = 0;
  for (const row of rows) {
    if (kinds[row] !== cellKinds.isNumber || !Number.isFinite(values[row]!)) continue;
    isAsked[row] = 1;
    asked++;
  }
  if (asked < 2) return undefined;
  const inTime = new Int32Array(asked);
  for (let row = table.count - 1, at = 0; at < asked; row--) if (isAsked[row] === 1) inTime[at++] = row;
  const points = Math.min(mostPoints, inTime.length);
  const means: number[] = [];
  const lows: number[] = [];
  const highs: number[] = [];
  for (let i = 0; i < points; i++) {
    const from = Math.floor((i * inTime.length) / points);
    const until = Math.floor(((i + 1) * inTime.length) / points);
    let [sum, low, high] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = from; at < until; at++) {
      const value = values[inTime[at]!]!;
      sum += value / (until - from);
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    means.push(sum);
    lows.push(low);
    highs.push(high);
  }
  const least = Math.min(...lows);
  const greatest = Math.max(...highs);
  const x = (i: number): string => ((i * width) / (points - 1)).toFixed(1);
  const y = (value: number): string => {
    const share = greatest === least ? 0.5 : (value - least) / (greatest - least);
    return (1.5 + (1 - share) * (height - 3)).toFixed(1);
  };
  const path = (list: readonly number[]): string => list.map((value, i) => `${x(i)} ${y(value)}`).join('L');
  const back = lows.map((value, i) => `${x(i)} ${y(value)}`).reverse();
  return {
    line: `M${path(means)}`,
    band: inTime.length > points ? `M${path(highs)}L${back.join('L')}Z` : '',
    runs: inTime.length,
    least,
    greatest,
    newest: values[inTime.at(-1)!]!,
  };
}
