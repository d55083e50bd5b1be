import type { SqlSession } from '../sql/index.ts';
import { imputedValue, rawValue } from './sql-values.ts';

/**
 * Statistics of one column of the training rows. Sums are compensated and taken in the order of the values: the
 * result does not depend on how many threads the engine has. `null` where no row has a value.
 */
export interface ColumnStatistics {
  median(): Promise<number | null>;
  mean(): Promise<number | null>;
  mostFrequent(): Promise<number | string | null>;
  /** Distinct values, sorted, at most `most` of them. */
  distinct(most: number): Promise<(number | string)[]>;
  /** Of the values after imputation. */
  spread(impute: number | string | undefined): Promise<Spread | null>;
}

interface Spread {
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  /** Of the population: divided by the number of rows. */
  readonly deviation: number;
}

export function columnStatistics(
  session: SqlSession,
  options: { readonly relation: string; readonly source: string; readonly sourceKind: 'number' | 'text' },
): ColumnStatistics {
  const { relation, source, sourceKind } = options;
  const values = `(SELECT ${rawValue(source, sourceKind)} AS v FROM ${relation})`;
  const one = async <T>(sql: string): Promise<T | null> =>
    (await session.rows<{ result: T | null }>(`SELECT ${sql} AS result FROM ${values}`))[0]?.result ?? null;
  return {
    median: () => one('quantile_cont(v, 0.5)'),
    mean: () => one('favg(v ORDER BY v)'),
    async mostFrequent(): Promise<number | string | null> {
      const rows = await session.rows<{ v: number | string }>(
        `SELECT v FROM ${values} WHERE v IS NOT NULL GROUP BY v ORDER BY count(*) DESC, v LIMIT 1`,
      );
      return rows[0]?.v ?? null;
    },
    async distinct(most: number): Promise<(number | string)[]> {
      const rows = await session.rows<{ v: number | string }>(
        `SELECT DISTINCT v FROM ${values} WHERE v IS NOT NULL ORDER BY v LIMIT ${most}`,
      );
      return rows.map(({ v }) => v);
    },
    async spread(impute: number | string | undefined): Promise<Spread | null> {
      const imputed = `(SELECT ${imputedValue(source, sourceKind, impute)} AS v FROM ${relation})`;
      const [spread] = await session.rows<{ [K in keyof Spread]: number | null }>(
        `WITH moments AS (SELECT min(v) AS minimum, max(v) AS maximum, favg(v ORDER BY v) AS mean FROM ${imputed})
         SELECT minimum, maximum, mean,
           (SELECT sqrt(favg((v - mean) * (v - mean) ORDER BY v)) FROM ${imputed}) AS deviation FROM moments`,
      );
      return spread === undefined || spread.mean === null ? null : (spread as Spread);
    },
  };
}
