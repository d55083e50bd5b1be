import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { SqlSession } from '../sql/index.ts';
import type { DeclaredFeature, FeatureSource } from './check.ts';
import { checkDeclarations } from './check.ts';
import type { FeatureFailure } from './failures.ts';
import { columnEmpty, imputeInvalid, statisticInfinite, tooManyCategories } from './failures.ts';
import type { FittedColumn, FittedFeatures } from './feature.ts';
import type { ColumnStatistics } from './statistics.ts';
import { columnStatistics } from './statistics.ts';

/** Categories that a column may have when the contract does not list them. */
const mostCategories = 1000;

/** Learns from the training rows what the declarations leave to the data. Every mistake is reported at once. */
export async function fitFeatures(
  session: SqlSession,
  source: FeatureSource,
): Promise<Result<FittedFeatures, readonly FeatureFailure[]>> {
  const { features, failures } = await checkDeclarations(session, source);
  if (failures.length > 0) return failed(failures);
  const columns: FittedColumn[] = [];
  const mistakes: FeatureFailure[] = [];
  for (const feature of features) {
    const statistics = columnStatistics(session, { relation: source.relation, ...feature });
    const column = await fitColumn(feature, statistics);
    if (column.ok) columns.push(column.value);
    else mistakes.push(column.failure);
  }
  return mistakes.length > 0 ? failed(mistakes) : success({ columns });
}

async function fitColumn(
  feature: DeclaredFeature,
  statistics: ColumnStatistics,
): Promise<Result<FittedColumn, FeatureFailure>> {
  const impute = await fitImpute(feature, statistics);
  if (!impute.ok) return impute;
  const encode = await fitEncode(feature, statistics);
  if (!encode.ok) return encode;
  const scale = await fitScale(feature, statistics, impute.value);
  if (!scale.ok) return scale;
  const { source, sourceKind, declaration } = feature;
  if (impute.value !== undefined && encode.value?.categories.includes(impute.value) === false) {
    return failed(imputeInvalid(source, `${JSON.stringify(impute.value)} is none of its categories`));
  }
  const indicator = declaration.indicator ?? false;
  const values =
    encode.value?.kind === 'one-hot'
      ? encode.value.categories.map((category) => `${source}=${category}`)
      : [source];
  return success({
    source,
    sourceKind,
    ...(impute.value === undefined ? {} : { impute: impute.value }),
    ...(scale.value === undefined ? {} : { scale: scale.value }),
    ...(encode.value === undefined ? {} : { encode: encode.value }),
    indicator,
    outputs: [...values, ...(indicator ? [`${source} is missing`] : [])],
  });
}

async function fitImpute(
  { source, declaration }: DeclaredFeature,
  statistics: ColumnStatistics,
): Promise<Result<number | string | undefined, FeatureFailure>> {
  const { impute } = declaration;
  if (impute !== 'mean' && impute !== 'median' && impute !== 'most-frequent') return success(impute);
  const value =
    impute === 'mean'
      ? await statistics.mean()
      : impute === 'median'
        ? await statistics.median()
        : await statistics.mostFrequent();
  if (value === null) return failed(columnEmpty(source));
  return isUsable(value) ? success(value) : failed(statisticInfinite(source, impute));
}

function isUsable(value: number | string): boolean {
  return typeof value === 'string' || Number.isFinite(value);
}

async function fitEncode(
  { source, sourceKind, declaration, column }: DeclaredFeature,
  statistics: ColumnStatistics,
): Promise<Result<FittedColumn['encode'], FeatureFailure>> {
  const kind = declaration.encode;
  if (kind === undefined) return success(undefined);
  if (column?.enum !== undefined) {
    const values = column.enum.map((value) => (sourceKind === 'text' ? String(value) : Number(value)));
    // The empty text is a missing value, and what is no number cannot be in a column of numbers.
    const categories = [...new Set(values)].filter((value) => value !== '' && isUsable(value));
    return categories.length === 0 ? failed(columnEmpty(source)) : success({ kind, categories });
  }
  const categories = await statistics.distinct(mostCategories + 1);
  if (categories.length > mostCategories) return failed(tooManyCategories(source, mostCategories));
  if (categories.length === 0) return failed(columnEmpty(source));
  if (!categories.every(isUsable)) return failed(statisticInfinite(source, 'largest or smallest category'));
  return success({ kind, categories });
}

async function fitScale(
  { source, declaration }: DeclaredFeature,
  statistics: ColumnStatistics,
  impute: number | string | undefined,
): Promise<Result<FittedColumn['scale'], FeatureFailure>> {
  const { scale } = declaration;
  if (scale === undefined) return success(undefined);
  const spread = await statistics.spread(impute);
  if (spread === null) return failed(columnEmpty(source));
  const { minimum, maximum, mean, deviation } = spread;
  // A column of one value is moved to 0 and not stretched.
  if (minimum === maximum && Number.isFinite(minimum)) return success({ offset: minimum, factor: 1 });
  const offset = scale === 'standard' ? mean : minimum;
  const width = scale === 'standard' ? deviation : maximum - minimum;
  // So is one whose values are so near to each other that their squared differences vanish.
  const factor = width === 0 ? 1 : 1 / width;
  if (!Number.isFinite(offset)) return failed(statisticInfinite(source, 'mean or minimum'));
  if (!Number.isFinite(factor) || factor === 0) return failed(statisticInfinite(source, 'spread'));
  return success({ offset, factor });
}
