import type { FeatureMatrix, FittedFeatures } from '../../features/index.ts';
import { featureSelect, matrixOf, rawSelect } from '../../features/index.ts';
import type { Column, SqlSession, Table } from '../../sql/index.ts';
import { quoteName } from '../../sql/index.ts';

/** The training rows in three forms, of one query: raw as models are fed, as features, and the target. */
export interface TrainingRows {
  readonly raw: Table;
  readonly matrix: FeatureMatrix;
  readonly target: Column;
}

/** Reads them in the order of the file. */
export async function readRows(
  session: SqlSession,
  options: { readonly relation: string; readonly fitted: FittedFeatures; readonly target: string },
): Promise<TrainingRows> {
  const { relation, fitted, target } = options;
  const raw = rawSelect(fitted);
  const features = featureSelect(fitted);
  // By place: SQL would not tell names apart that differ in capital letters only.
  const list = [
    ...raw.map(({ sql }, i) => `${sql} AS r${i}`),
    ...features.map(({ sql }, i) => `${sql} AS f${i}`),
    `${quoteName(target)} AS t`,
  ];
  const table = await session.table(`SELECT ${list.join(', ')} FROM ${relation}`);
  const column = (name: string): Column => table.columns.get(name)!;
  return {
    raw: { rows: table.rows, columns: new Map(raw.map(({ name }, i) => [name, column(`r${i}`)])) },
    matrix: matrixOf(
      fitted,
      features.map((_, i) => column(`f${i}`)),
    ),
    target: column('t'),
  };
}
