import { nearest } from '../base/index.ts';
import type { ColumnContract } from '../contract/index.ts';
import type { SqlSession } from '../sql/index.ts';
import type { FeatureFailure } from './failures.ts';
import {
  columnForbidden,
  columnTwice,
  columnUnknown,
  imputeInvalid,
  noFeatures,
  scaleInvalid,
  textNotEncoded,
  typeUnsupported,
} from './failures.ts';
import type { FeatureDeclaration } from './feature.ts';

/** One column of a declaration that was found right, as far as that can be said without looking at values. */
export interface DeclaredFeature {
  readonly source: string;
  readonly sourceKind: 'number' | 'text';
  readonly declaration: FeatureDeclaration;
  readonly column: FeatureColumn | undefined;
}

/** What features need to know of a contract's column. */
type FeatureColumn = Pick<ColumnContract, 'name' | 'type' | 'enum' | 'personal'>;

export interface FeatureSource {
  /** SQL that can stand after FROM: the training rows. */
  readonly relation: string;
  readonly declarations: readonly FeatureDeclaration[];
  readonly contract?: { readonly columns: readonly FeatureColumn[] };
  /** Columns that identify a row, and the one that is to be predicted: neither may be a feature. */
  readonly key: readonly string[];
  readonly target?: string;
}

/** Every mistake of the declarations at once, or the features column by column. */
export async function checkDeclarations(
  session: SqlSession,
  source: FeatureSource,
): Promise<{ readonly features: readonly DeclaredFeature[]; readonly failures: readonly FeatureFailure[] }> {
  const described = await session.rows<{ column_name: string; column_type: string }>(
    `DESCRIBE SELECT * FROM ${source.relation}`,
  );
  const types = new Map(described.map((row) => [row.column_name, row.column_type]));
  const features: DeclaredFeature[] = [];
  const failures: FeatureFailure[] = [];
  const seen = new Set<string>();
  for (const declaration of source.declarations) {
    for (const name of declaration.columns) {
      const type = types.get(name);
      const column = source.contract?.columns.find((one) => one.name === name);
      const role = forbiddenRole(name, column, source);
      const isTime = column?.type === 'date' || column?.type === 'timestamp';
      const kind = isTime ? undefined : kindOf(type ?? '');
      if (seen.has(name)) failures.push(columnTwice(name));
      else if (type === undefined) failures.push(columnUnknown(name, nearest(name, types.keys())));
      else if (role !== undefined) failures.push(columnForbidden(name, role));
      else if (kind === undefined) failures.push(typeUnsupported(name, column?.type ?? type.toLowerCase()));
      else {
        const problems = problemsOf(name, kind, declaration);
        failures.push(...problems);
        if (problems.length === 0) features.push({ source: name, sourceKind: kind, declaration, column });
      }
      seen.add(name);
    }
  }
  if (seen.size === 0) failures.push(noFeatures());
  return { features, failures };
}

function forbiddenRole(
  name: string,
  column: FeatureColumn | undefined,
  { key, target }: FeatureSource,
): 'target' | 'key' | 'personal' | undefined {
  if (name === target) return 'target';
  if (key.includes(name)) return 'key';
  return column?.personal === true ? 'personal' : undefined;
}

/** What a column of this type is for a model; `undefined` for times, binary and nested types. */
function kindOf(duckdbType: string): 'number' | 'text' | undefined {
  if (/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\)|BOOLEAN)$/.test(duckdbType))
    return 'number';
  return /^(VARCHAR|UUID|ENUM\(.*\))$/s.test(duckdbType) ? 'text' : undefined;
}

const learned = ['mean', 'median', 'most-frequent'];

function problemsOf(
  name: string,
  kind: 'number' | 'text',
  { impute, scale, encode }: FeatureDeclaration,
): FeatureFailure[] {
  const problems: FeatureFailure[] = [];
  if (scale !== undefined && kind === 'text') problems.push(scaleInvalid(name, 'it is text'));
  else if (scale !== undefined && encode !== undefined) {
    problems.push(scaleInvalid(name, 'it is encoded, and categories have no scale'));
  }
  if (kind === 'text' && encode === undefined) problems.push(textNotEncoded(name));
  if (kind === 'text' && (impute === 'mean' || impute === 'median')) {
    problems.push(imputeInvalid(name, `text has no ${impute}`));
  }
  if (kind === 'text' && typeof impute === 'number') {
    problems.push(
      imputeInvalid(name, `${impute} is a number, and the column is text`, 'put the value into quotes'),
    );
  }
  if (kind === 'text' && impute === '') {
    problems.push(imputeInvalid(name, 'the empty text stands for a missing value itself'));
  }
  if (kind === 'number' && typeof impute === 'string' && !learned.includes(impute)) {
    const near = nearest(impute, learned);
    problems.push(
      imputeInvalid(
        name,
        `${JSON.stringify(impute)} is text, and the column holds numbers`,
        near === undefined ? 'give a number without quotes' : `write ${near}`,
      ),
    );
  }
  if (typeof impute === 'number' && !Number.isFinite(impute)) {
    problems.push(imputeInvalid(name, `${impute} is not a finite number`));
  }
  return problems;
}
