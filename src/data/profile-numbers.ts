import type { SqlSession } from '../sql/index.ts';
import { quoteName } from '../sql/index.ts';
import type { NumberProfile } from './profile.ts';
import type { ProfiledColumn } from './profiled-column.ts';
import { exactRows } from './profiled-column.ts';

const quantileLevels = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;
const histogramBins = 20;

/** Bits after the point in the integers that stand for fractions in sums. */
const fixedBits = 60;

interface Extremes {
  readonly column: ProfiledColumn;
  readonly finite: string;
  readonly count: number;
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * Sums of doubles depend on their order, so on threads and on the order of rows. Here each value becomes an integer,
 * scaled by a power of two so that the largest has 61 bits, and integers are summed: exact, in any order, and within
 * 2^-60 of the largest value for each row.
 */
export async function numberProfiles(
  session: SqlSession,
  relation: string,
  columns: readonly ProfiledColumn[],
  rows: number,
): Promise<ReadonlyMap<string, NumberProfile>> {
  const extremes = await findExtremes(session, relation, columns);
  const means = await findMeans(session, relation, extremes);
  const deviations = await findDeviations(session, relation, extremes, means);
  const profiles = new Map<string, NumberProfile>();
  const sampled = await sampleOf(session, relation, extremes, rows);
  for (const [i, facts] of extremes.entries()) {
    profiles.set(facts.column.name, {
      mean: means[i]!,
      standardDeviation: deviations[i]!,
      minimum: facts.minimum,
      maximum: facts.maximum,
      quantiles: await findQuantiles(session, sampled.relation, sampled.values[i]!, facts),
      histogram: await findHistogram(session, relation, facts),
    });
  }
  await sampled.drop();
  return profiles;
}

/** First pass: only columns that have a finite value. */
async function findExtremes(
  session: SqlSession,
  relation: string,
  columns: readonly ProfiledColumn[],
): Promise<readonly Extremes[]> {
  if (columns.length === 0) return [];
  const finite = columns.map(({ name, type, value }) => {
    const number = `${quoteName(name)}::DOUBLE`;
    return type === 'integer' ? value : `(CASE WHEN isfinite(${number}) THEN ${number} END)`;
  });
  const parts = finite.map((x, i) => `count(${x}) AS n${i}, min(${x}) AS low${i}, max(${x}) AS high${i}`);
  const [row] = await session.rows<Record<string, number>>(`SELECT ${parts.join(', ')} FROM ${relation}`);
  return columns
    .map((column, i) => ({
      column,
      finite: finite[i]!,
      count: row![`n${i}`]!,
      // Adding 0 makes a minus zero a plain one, which has one spelling in JSON.
      minimum: row![`low${i}`]! + 0,
      maximum: row![`high${i}`]! + 0,
    }))
    .filter((facts) => facts.count > 0);
}

async function findMeans(
  session: SqlSession,
  relation: string,
  extremes: readonly Extremes[],
): Promise<readonly number[]> {
  if (extremes.length === 0) return [];
  const scales = extremes.map(({ minimum, maximum }) =>
    fixedScale(Math.max(Math.abs(minimum), Math.abs(maximum))),
  );
  const parts = extremes.map(({ finite }, i) => `${fixedSum(scaled(finite, scales[i]!))} AS sum${i}`);
  const [row] = await session.rows<Record<string, string>>(`SELECT ${parts.join(', ')} FROM ${relation}`);
  return extremes.map(({ count }, i) => unscaled(Number(BigInt(row![`sum${i}`]!)) / count, scales[i]!) + 0);
}

/** Third pass: squares of deviations. */
async function findDeviations(
  session: SqlSession,
  relation: string,
  extremes: readonly Extremes[],
  means: readonly number[],
): Promise<readonly number[]> {
  if (extremes.length === 0) return [];
  const plans = extremes.map((facts, i) => {
    const factor = differenceFactor(facts);
    const mean = means[i]! * factor;
    const reach = Math.max(facts.maximum * factor - mean, mean - facts.minimum * factor);
    return { factor, mean, scale: fixedScale(reach) };
  });
  const parts = extremes.map(({ finite }, i) => {
    const { factor, mean, scale } = plans[i]!;
    const deviation = scaled(`(${finite} * ${double(factor)} - ${double(mean)})`, scale);
    return `${fixedSum(`(${deviation} * ${deviation} * ${double(2 ** -fixedBits)})`)} AS sum${i}`;
  });
  const [row] = await session.rows<Record<string, string>>(`SELECT ${parts.join(', ')} FROM ${relation}`);
  return extremes.map(({ count }, i) => {
    const { factor, scale } = plans[i]!;
    const squares = Number(BigInt(row![`sum${i}`]!)) * 2 ** fixedBits;
    const deviation = count === 1 ? 0 : unscaled(Math.sqrt(squares / (count - 1)), scale) / factor;
    return Math.min(deviation, Number.MAX_VALUE);
  });
}

/** A quarter where differences could be beyond the largest double; multiplying by it loses nothing there. */
function differenceFactor({ minimum, maximum }: Extremes): number {
  return Math.max(Math.abs(minimum), Math.abs(maximum)) > 2 ** 1021 ? 0.25 : 1;
}

async function findHistogram(
  session: SqlSession,
  relation: string,
  { finite, minimum, maximum }: Extremes,
): Promise<NumberProfile['histogram']> {
  const edges = histogramEdges(minimum, maximum);
  const bins = await session.rows<{ bin: number; n: number }>(
    `SELECT ${binSql('x', edges, 0, edges.length - 2)} AS bin, count(*) AS n
     FROM (SELECT ${finite} AS x FROM ${relation}) WHERE x IS NOT NULL GROUP BY 1`,
  );
  const counts = new Array<number>(edges.length - 1).fill(0);
  for (const { bin, n } of bins) counts[bin] = n;
  return { edges, counts };
}

/** The bin of a value, from `first` to `last`, by comparing with the edges themselves: no rounding can move it. */
function binSql(value: string, edges: readonly number[], first: number, last: number): string {
  if (first === last) return String(first);
  const middle = Math.ceil((first + last) / 2);
  const below = binSql(value, edges, first, middle - 1);
  const above = binSql(value, edges, middle, last);
  return `CASE WHEN ${value} < ${double(edges[middle]!)} THEN ${below} ELSE ${above} END`;
}

/** As `numpy.linspace`: the first and last are exact. */
function histogramEdges(minimum: number, maximum: number): readonly number[] {
  if (minimum === maximum) return [minimum, maximum];
  const width = (maximum - minimum) / histogramBins;
  return Array.from({ length: histogramBins + 1 }, (_, i) => {
    if (i === histogramBins) return maximum;
    const share = i / histogramBins;
    return Number.isFinite(width) ? minimum + i * width : minimum * (1 - share) + maximum * share;
  });
}

/**
 * Quantiles of large relations come from about `exactRows` rows: those whose position times 2^32 over the golden
 * ratio, modulo 2^32, is below a threshold. That spreads the sample evenly over the relation, and is the same each time.
 */
async function sampleOf(
  session: SqlSession,
  relation: string,
  extremes: readonly Extremes[],
  rows: number,
): Promise<{ relation: string; values: readonly string[]; drop(): Promise<void> }> {
  if (rows <= exactRows || extremes.length === 0) {
    return { relation, values: extremes.map((facts) => facts.finite), drop: async () => {} };
  }
  const threshold = Math.floor((exactRows / rows) * 2 ** 32);
  const values = extremes.map((facts, i) => `${facts.finite} AS x${i}`).join(', ');
  await session.run(
    `CREATE OR REPLACE TEMP TABLE profile_sample AS SELECT * EXCLUDE (place) FROM
     (SELECT ${values}, row_number() OVER () AS place FROM ${relation})
     WHERE (place * 2654435769) % 4294967296 < ${threshold}`,
  );
  return {
    relation: 'profile_sample',
    values: extremes.map((_, i) => `x${i}`),
    drop: () => session.run('DROP TABLE profile_sample'),
  };
}

async function findQuantiles(
  session: SqlSession,
  relation: string,
  value: string,
  facts: Extremes,
): Promise<readonly number[]> {
  const factor = differenceFactor(facts);
  const [row] = await session.rows<{ quantiles: readonly number[] | null }>(
    `SELECT quantile_cont(${value} * ${double(factor)}, [${quantileLevels.join(', ')}]) AS quantiles FROM ${relation}`,
  );
  return (row!.quantiles ?? []).map((quantile) => quantile / factor + 0);
}

/** The exponent of the power of two that brings values up to `reach` near 2^60. */
function fixedScale(reach: number): number {
  if (reach === 0) return 0;
  return fixedBits - Math.floor(Math.log2(reach));
}

/** Times 2^exponent, in two exact steps, because 2^exponent itself may be beyond a double. */
function scaled(value: string, exponent: number): string {
  const half = Math.trunc(exponent / 2);
  return `(${value} * ${double(2 ** half)} * ${double(2 ** (exponent - half))})`;
}

function unscaled(value: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return value * 2 ** -half * 2 ** -(exponent - half);
}

function fixedSum(value: string): string {
  return `coalesce(sum(${value}::BIGINT), 0)::VARCHAR`;
}

/** A literal that DuckDB reads as exactly this DOUBLE: the exponent keeps it from being a DECIMAL. */
function double(value: number): string {
  return `(${value.toExponential()})`;
}
