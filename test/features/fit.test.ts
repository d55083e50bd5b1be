import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FeatureDeclaration, FittedColumn } from '../../src/features/index.ts';
import { featureMatrix, fitFeatures } from '../../src/features/index.ts';
import type { SqlSession } from '../../src/sql/index.ts';
import { openSession } from '../../src/sql/index.ts';
import { relationOf } from './rows.ts';

let session: SqlSession;
beforeAll(async () => {
  session = await openSession({ threads: 2 });
});
afterAll(() => session[Symbol.asyncDispose]());

const patients = relationOf(
  {
    id: 'VARCHAR',
    age: 'BIGINT',
    weight: 'DOUBLE',
    city: 'VARCHAR',
    smokes: 'BOOLEAN',
    born: 'DATE',
    ill: 'BIGINT',
  },
  [
    { id: 'P1', age: 20, weight: 60.5, city: 'Oslo', smokes: true, ill: 1 },
    { id: 'P2', age: 30, weight: Number.NaN, city: 'Bergen', smokes: false, ill: 0 },
    { id: 'P3', age: null, weight: 80, city: '', smokes: null, ill: 0 },
    { id: 'P4', age: 60, weight: null, city: 'Oslo', smokes: true, ill: 1 },
    { id: 'P5', age: 30, weight: 75, city: 'Ås', smokes: false, ill: 0 },
  ],
);

type Columns = NonNullable<Parameters<typeof fitFeatures>[1]['contract']>['columns'];

const learn = (declarations: readonly FeatureDeclaration[], columns: Columns = []) =>
  fitFeatures(session, {
    relation: patients,
    declarations,
    contract: { columns },
    key: ['id'],
    target: 'ill',
  });

async function fitted(declaration: FeatureDeclaration, columns: Columns = []): Promise<FittedColumn> {
  const result = await learn([declaration], columns);
  if (!result.ok) throw new Error(result.failure.map(({ message }) => message).join('; '));
  return result.value.columns[0]!;
}

async function codes(declarations: readonly FeatureDeclaration[], columns: Columns = []): Promise<string[]> {
  const result = await learn(declarations, columns);
  return result.ok ? [] : result.failure.map(({ code }) => code);
}

describe('fitFeatures', () => {
  it('learns what stands in for missing values: NaN, NULL and empty texts', async () => {
    expect(await fitted({ columns: ['age'], impute: 'median' })).toMatchObject({ impute: 30 });
    expect(await fitted({ columns: ['age'], impute: 'mean' })).toMatchObject({ impute: 35 });
    expect(await fitted({ columns: ['weight'], impute: 'median' })).toMatchObject({ impute: 75 });
    expect(await fitted({ columns: ['age'], impute: 'most-frequent' })).toMatchObject({ impute: 30 });
    expect(await fitted({ columns: ['city'], impute: 'most-frequent', encode: 'one-hot' })).toMatchObject({
      impute: 'Oslo',
    });
    expect(await fitted({ columns: ['age'], impute: -1 })).toMatchObject({ impute: -1 });
  });

  it('takes the smallest of equally frequent values', async () => {
    expect(await fitted({ columns: ['weight'], impute: 'most-frequent' })).toMatchObject({ impute: 60.5 });
    expect(await fitted({ columns: ['smokes'], impute: 'most-frequent' })).toMatchObject({ impute: 0 });
  });

  it('scales by statistics of the imputed training rows, with the deviation of the population', async () => {
    // numpy.std([20, 30, 30, 60, 30]) and so on
    const standard = await fitted({ columns: ['age'], impute: 'median', scale: 'standard' });
    expect(standard.scale!.offset).toBe(34);
    expect(standard.scale!.factor).toBeCloseTo(1 / 13.564659966250536, 15);
    const range = await fitted({ columns: ['age'], scale: 'min-max' });
    expect(range.scale).toEqual({ offset: 20, factor: 1 / 40 });
  });

  it('does not stretch a column of one value', async () => {
    const relation = relationOf({ x: 'DOUBLE' }, [{ x: 0.1 }, { x: 0.1 }, { x: 0.1 }]);
    for (const scale of ['standard', 'min-max'] as const) {
      const result = await fitFeatures(session, {
        relation,
        declarations: [{ columns: ['x'], scale }],
        key: [],
      });
      expect(result.ok && result.value.columns[0]!.scale).toEqual({ offset: 0.1, factor: 1 });
    }
  });

  it('takes categories from the contract, in its order, else from the training rows, sorted', async () => {
    const listed: Columns = [
      { name: 'city', type: 'string', personal: false, enum: ['Tromsø', 'Oslo', 'Bergen'] },
    ];
    expect(await fitted({ columns: ['city'], encode: 'one-hot' }, listed)).toMatchObject({
      encode: { categories: ['Tromsø', 'Oslo', 'Bergen'] },
      outputs: ['city=Tromsø', 'city=Oslo', 'city=Bergen'],
    });
    expect(await fitted({ columns: ['city'], encode: 'ordinal' })).toMatchObject({
      encode: { categories: ['Bergen', 'Oslo', 'Ås'] },
      outputs: ['city'],
    });
    expect(await fitted({ columns: ['age'], encode: 'one-hot', indicator: true })).toMatchObject({
      encode: { categories: [20, 30, 60] },
      outputs: ['age=20', 'age=30', 'age=60', 'age is missing'],
    });
  });

  it('gives a matrix in which unknown and missing categories are what the declaration says', async () => {
    const columns: Columns = [{ name: 'city', type: 'string', personal: false, enum: ['Oslo', 'Bergen'] }];
    const result = await learn([{ columns: ['city'], encode: 'one-hot', indicator: true }], columns);
    if (!result.ok) throw new Error('not fitted');
    const matrix = await featureMatrix(session, { relation: patients, fitted: result.value });
    expect(matrix.names).toEqual(['city=Oslo', 'city=Bergen', 'city is missing']);
    expect(matrix.columns.map((column) => [...column])).toEqual([
      [1, 0, 0, 1, 0],
      [0, 1, 0, 0, 0],
      [0, 0, 1, 0, 0],
    ]);
    expect(matrix.categories).toEqual([0, 0, 0]);
    const ordinal = await learn(
      [{ columns: ['age'] }, { columns: ['city'], encode: 'ordinal', indicator: true }],
      columns,
    );
    if (!ordinal.ok) throw new Error('not fitted');
    const codesMatrix = await featureMatrix(session, { relation: patients, fitted: ordinal.value });
    expect(codesMatrix.categories).toEqual([0, 2, 0]);
    expect([...codesMatrix.columns[0]!]).toEqual([20, 30, Number.NaN, 60, 30]);
    expect([...codesMatrix.columns[1]!]).toEqual([0, 1, Number.NaN, 0, Number.NaN]);
  });

  it('does not depend on the number of threads', async () => {
    const relation = '(SELECT sin(i) * 1e6 + cos(i * i) AS x FROM range(400000) AS t(i))';
    const source = {
      relation,
      declarations: [{ columns: ['x'], impute: 'mean', scale: 'standard' }],
      key: [],
    } as const;
    await using alone = await openSession({ threads: 1 });
    expect(await fitFeatures(session, source)).toEqual(await fitFeatures(alone, source));
  });

  it('reports every mistake at once, with the nearest name', async () => {
    const result = await learn([
      { columns: ['agee', 'ill', 'id', 'city', 'born'] },
      { columns: ['weight'], impute: 'medain' },
    ]);
    expect(!result.ok && result.failure.map(({ code }) => code)).toEqual([
      'features-column-unknown',
      'features-column-forbidden',
      'features-column-forbidden',
      'features-text-not-encoded',
      'features-type-unsupported',
      'features-impute-invalid',
    ]);
    expect(!result.ok && result.failure[0]!.remedy).toContain('age');
    expect(!result.ok && result.failure[5]!.remedy).toContain('median');
  });

  it('refuses declarations that have no meaning', async () => {
    expect(await codes([])).toEqual(['features-none']);
    expect(await codes([{ columns: ['age'] }, { columns: ['age'] }])).toEqual(['features-column-twice']);
    expect(await codes([{ columns: ['city'], scale: 'standard', encode: 'one-hot' }])).toEqual([
      'features-scale-invalid',
    ]);
    expect(await codes([{ columns: ['age'], scale: 'standard', encode: 'one-hot' }])).toEqual([
      'features-scale-invalid',
    ]);
    expect(await codes([{ columns: ['city'], impute: 'mean', encode: 'one-hot' }])).toEqual([
      'features-impute-invalid',
    ]);
    expect(await codes([{ columns: ['city'], impute: 3, encode: 'one-hot' }])).toEqual([
      'features-impute-invalid',
    ]);
    expect(await codes([{ columns: ['city'], impute: '', encode: 'one-hot' }])).toEqual([
      'features-impute-invalid',
    ]);
    expect(await codes([{ columns: ['city'], impute: 'Rome', encode: 'ordinal' }])).toEqual([
      'features-impute-invalid',
    ]);
    expect(await codes([{ columns: ['age'], impute: Number.NaN }])).toEqual(['features-impute-invalid']);
  });

  it('keeps personal data out of models (P5)', async () => {
    const columns: Columns = [{ name: 'city', type: 'string', personal: true }];
    expect(await codes([{ columns: ['city'], encode: 'one-hot' }], columns)).toEqual([
      'features-column-forbidden',
    ]);
  });

  it('refuses to learn from columns that teach nothing', async () => {
    const empty = relationOf({ x: 'DOUBLE', y: 'VARCHAR' }, [{ x: Number.NaN, y: '' }, {}]);
    const fails = async (declaration: FeatureDeclaration): Promise<string[]> => {
      const result = await fitFeatures(session, { relation: empty, declarations: [declaration], key: [] });
      return result.ok ? [] : result.failure.map(({ code }) => code);
    };
    expect(await fails({ columns: ['x'], impute: 'mean' })).toEqual(['features-column-empty']);
    expect(await fails({ columns: ['x'], impute: 'median' })).toEqual(['features-column-empty']);
    expect(await fails({ columns: ['x'], scale: 'standard' })).toEqual(['features-column-empty']);
    expect(await fails({ columns: ['y'], encode: 'one-hot' })).toEqual(['features-column-empty']);
    expect(await fails({ columns: ['y'], encode: 'ordinal', impute: 'most-frequent' })).toEqual([
      'features-column-empty',
    ]);
    expect(await fails({ columns: ['x'] })).toEqual([]);
    expect(await fails({ columns: ['x'], impute: 0, scale: 'min-max' })).toEqual([]);
  });

  it('refuses statistics that are not finite', async () => {
    const relation = relationOf({ x: 'DOUBLE', y: 'DOUBLE' }, [
      { x: 1.7e308, y: Number.POSITIVE_INFINITY },
      { x: -1.7e308, y: 1 },
      { x: 1.7e308, y: 2 },
    ]);
    const fails = async (declaration: FeatureDeclaration): Promise<string[]> => {
      const result = await fitFeatures(session, { relation, declarations: [declaration], key: [] });
      return result.ok ? [] : result.failure.map(({ code }) => code);
    };
    for (const scale of ['standard', 'min-max'] as const) {
      expect(await fails({ columns: ['x'], scale })).toEqual(['features-statistic-infinite']);
      expect(await fails({ columns: ['y'], scale })).toEqual(['features-statistic-infinite']);
    }
    expect(await fails({ columns: ['y'], impute: 'mean' })).toEqual(['features-statistic-infinite']);
    expect(await fails({ columns: ['y'], encode: 'one-hot' })).toEqual(['features-statistic-infinite']);
  });

  it('refuses to make categories of a quantity', async () => {
    const relation = '(SELECT i * 0.5 AS x, CAST(i AS VARCHAR) AS y FROM range(1001) AS t(i))';
    for (const name of ['x', 'y']) {
      for (const encode of ['one-hot', 'ordinal'] as const) {
        const result = await fitFeatures(session, {
          relation,
          declarations: [{ columns: [name], encode }],
          key: [],
        });
        expect(result).toMatchObject({ failure: [{ code: 'features-too-many-categories' }] });
      }
    }
  });
});
