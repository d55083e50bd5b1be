import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnContract, Contract } from '../../src/contract/index.ts';
import { compileRowCheck } from '../../src/contract/index.ts';
import { rowCheck } from '../../src/embed/index.ts';
import { columnOf } from '../servable/sum-model.ts';

const columns: readonly ColumnContract[] = [
  columnOf('whole', { type: 'integer', required: true, minimum: -3, maximum: 12, multipleOf: 3 }),
  columnOf('half', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1, maximum: 0.5 }),
  columnOf('few', { type: 'integer', required: true, enum: [0, 1, 2] }),
  columnOf('flag', { type: 'boolean', required: true }),
  columnOf('maybe', { type: 'boolean', enum: [true] }),
  columnOf('kind', { type: 'string', required: true, enum: ['low', 'ä', 'high'] }),
  columnOf('code', { type: 'string', pattern: '^[A-Z]{2}\\d?', minLength: 2, maxLength: 3 }),
  columnOf('text', { type: 'string', required: true, minLength: 2 }),
  columnOf('day', { type: 'date', required: true, earliest: '2024-01-01', before: '2024-02-29' }),
  columnOf('moment', {
    type: 'timestamp',
    after: '2024-01-01T12:00:00Z',
    latest: '2024-06-01T00:00:00+02:00',
  }),
  columnOf('holiday', { type: 'date', enum: ['2024-05-01', '2024-12-25'] }),
  columnOf('constructor', { type: 'number' }),
];
const contract: Contract = {
  id: 'c',
  version: '1',
  name: 'c',
  file: 'c.yaml',
  digest: `sha256:${'0'.repeat(64)}` as Contract['digest'],
  columns,
  metrics: [],
  notChecked: [],
};

const values = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    0,
    -0,
    1,
    2,
    3,
    4,
    6,
    12,
    15,
    -3,
    0.25,
    0.5,
    0.75,
    1.5,
    2 ** 53,
    -(2 ** 60),
    1e300,
    true,
    false,
    'true',
    'low',
    'ä',
    'AB',
    'AB1',
    'ab',
    'ABCD',
    '😀😀',
    '😀',
    '2024-01-01',
    '2024-02-28',
    '2024-02-29',
    '2023-02-29',
    '2024-05-01',
    '2024-01-01T12:00:00Z',
    '2024-01-01 12:00:01',
    '2024-05-31T22:00:00Z',
    '2024-05-31T22:00:00.000001Z',
    '2024-13-01T00:00:00Z',
    [],
    {},
    [1],
    { a: 1 },
  ),
  fc.string({ maxLength: 4 }),
  fc.double(),
);
const row = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.dictionary(fc.constantFrom(...columns.map(({ name }) => name), 'other', 'wholes'), values),
  },
  fc.constantFrom<unknown>(null, 1, 'text', [], [{}], true),
);

describe('the check of rows in a page', () => {
  it('S4: finds the same problems as the check of the server, in its order', async () => {
    const server = await compileRowCheck(contract);
    const page = rowCheck(columns);
    fc.assert(
      fc.property(row, (one) => {
        expect(page(one)).toEqual(server(one));
      }),
      { numRuns: 5000 },
    );
  });
});
