import type { Column, SqlSession } from '../sql/index.ts';
import type { FittedFeatures } from './feature.ts';
import type { FeatureMatrix } from './matrix.ts';
import { featureSelect } from './select.ts';

/** The features of all rows of a relation (SQL that can stand after FROM), in its order, computed by SQL. */
export async function featureMatrix(
  session: SqlSession,
  options: { readonly relation: string; readonly fitted: FittedFeatures },
): Promise<FeatureMatrix> {
  // Features have free names, in which SQL would not tell capital letters apart: columns are named by place.
  const list = featureSelect(options.fitted).map(({ sql }, i) => `${sql} AS f${i}`);
  const table = await session.table(`SELECT ${list.join(', ')} FROM ${options.relation}`);
  return matrixOf(
    options.fitted,
    list.map((_, i) => table.columns.get(`f${i}`)!),
  );
}

/** A matrix from the feature columns in order. */
export function matrixOf(fitted: FittedFeatures, columns: readonly Column[]): FeatureMatrix {
  const values = columns.map((column) => {
    if (column.kind !== 'number') throw new TypeError('a feature column is not of numbers');
    return column.values;
  });
  return {
    rows: values[0]?.length ?? 0,
    names: fitted.columns.flatMap(({ outputs }) => outputs),
    columns: values,
    categories: fitted.columns.flatMap(({ outputs, encode }) =>
      outputs.map((_, i) => (i === 0 && encode?.kind === 'ordinal' ? encode.categories.length : 0)),
    ),
  };
}
