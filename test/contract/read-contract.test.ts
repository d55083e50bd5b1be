import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Contract } from '../../src/contract/index.ts';
import { readContract } from '../../src/contract/index.ts';

const header = 'apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\n';
const table = (properties: string, quality = ''): string =>
  `${header}schema:\n  - name: t\n${quality}    properties:\n${properties}`;
const column = (lines: string): string => table(`      - name: a\n${lines.replace(/^/gm, '        ')}\n`);

function contractOf(text: string): Contract {
  const read = readContract('c.yaml', text);
  if (!read.ok) throw new Error(JSON.stringify(read.failure, null, 1));
  return read.value;
}

/** `<code> <line>:<column>` of every mistake. */
function mistakes(text: string | Uint8Array): string[] {
  const read = readContract('c.yaml', text);
  if (read.ok) return [];
  return read.failure.map((failure) => {
    expect(failure.kind).toBe('input');
    expect(failure.remedy).toBeTruthy();
    expect(failure.place?.file).toBe('c.yaml');
    const { line, column: at } = failure.place!;
    return line === undefined ? failure.code : `${failure.code} ${line}:${at}`;
  });
}

describe('a contract file', () => {
  test('is read with its columns, rules and what is not checked (D1)', async () => {
    const file = 'pipelines/heart-disease/patients.odcs.yaml';
    const read = readContract(file, await readFile(file));
    if (!read.ok) throw new Error(JSON.stringify(read.failure));
    const { columns, metrics, notChecked, digest } = read.value;
    expect(digest).toMatch(/^sha256:/);
    expect(columns).toHaveLength(15);
    expect(columns[0]).toMatchObject({
      name: 'patient_id',
      type: 'string',
      required: true,
      unique: true,
      primaryKey: true,
      personal: true,
      pattern: '^P[0-9]{3,6}$',
    });
    expect(columns[2]!.enum).toEqual(['female', 'male']);
    expect(columns.filter((candidate) => candidate.personal)).toHaveLength(1);
    expect(metrics).toEqual([
      {
        metric: 'rowCount',
        columns: [],
        unit: 'rows',
        operator: 'mustBeGreaterOrEqualTo',
        bounds: [200],
        severity: 'error',
      },
    ]);
    expect(notChecked).toEqual([]);
  });

  test('takes the types and options of each logical type', () => {
    const { columns } = contractOf(
      table(`      - { name: i, logicalType: integer, logicalTypeOptions: { minimum: -1, exclusiveMaximum: 9, multipleOf: 2 } }
      - { name: n, logicalType: number, logicalTypeOptions: { exclusiveMinimum: 0, maximum: 1.5, format: f64 } }
      - { name: s, logicalType: string, logicalTypeOptions: { minLength: 1, maxLength: 3, pattern: '^a' } }
      - { name: d, logicalType: date, logicalTypeOptions: { minimum: "2020-01-01", exclusiveMaximum: "2021-01-01", format: yyyy-MM-dd } }
      - { name: t, logicalType: timestamp, logicalTypeOptions: { exclusiveMinimum: "2020-01-01T00:00:00Z" } }
      - { name: b, logicalType: boolean }
      - { name: u, logicalType: integer, logicalTypeOptions: { format: u8 } }
      - { name: v, logicalType: integer, logicalTypeOptions: { format: i16, minimum: 5 } }
      - { name: p, physicalType: "VARCHAR(20)" }
      - { name: q, physicalType: BIGINT, physicalName: qq }
`),
    );
    const { required: _, unique: __, primaryKey: ___, personal: ____, ...first } = columns[0]!;
    expect(first).toEqual({ name: 'i', type: 'integer', minimum: -1, exclusiveMaximum: 9, multipleOf: 2 });
    expect(columns[1]).toMatchObject({ type: 'number', exclusiveMinimum: 0, maximum: 1.5 });
    expect(columns[2]).toMatchObject({ minLength: 1, maxLength: 3, pattern: '^a' });
    expect(columns[3]).toMatchObject({ earliest: '2020-01-01', before: '2021-01-01' });
    expect(columns[4]).toMatchObject({ after: '2020-01-01T00:00:00Z' });
    expect(columns[6]).toMatchObject({ minimum: 0, maximum: 255 });
    expect(columns[7]).toMatchObject({ minimum: 5, maximum: 32_767 });
    expect(columns.slice(8).map(({ name, type }) => `${name} ${type}`)).toEqual(['p string', 'qq integer']);
  });

  test('makes a strict library rule part of its column, and keeps the others as metrics', () => {
    const { columns, metrics } = contractOf(
      column(`logicalType: string
quality:
  - { metric: nullValues, mustBe: 0 }
  - { metric: duplicateValues, mustBe: 0 }
  - { type: library, metric: invalidValues, arguments: { validValues: [x, y] }, mustBe: 0 }
  - { metric: invalidValues, arguments: { pattern: "^[xy]$" }, mustBe: 0 }
  - { metric: invalidValues, arguments: { validValues: [x] }, mustBeLessThan: 5, unit: percent, severity: warning }
  - { metric: missingValues, arguments: { missingValues: [null, '', 'N/A'] }, mustBeBetween: [0, 3] }`),
    );
    expect(columns[0]).toMatchObject({ required: true, unique: true, enum: ['x', 'y'], pattern: '^[xy]$' });
    expect(metrics).toMatchObject([
      {
        metric: 'invalidValues',
        operator: 'mustBeLessThan',
        bounds: [5],
        unit: 'percent',
        severity: 'warning',
      },
      { metric: 'missingValues', operator: 'mustBeBetween', bounds: [0, 3], missingValues: ['', 'N/A'] },
    ]);
  });

  test('does not refuse a request for what is only a warning', () => {
    const { columns, metrics } = contractOf(
      column('logicalType: string\nquality: [{ metric: nullValues, mustBe: 0, severity: Warning }]'),
    );
    expect(columns[0]!.required).toBe(false);
    expect(metrics).toMatchObject([{ metric: 'nullValues', severity: 'warning' }]);
  });

  test('takes the enum of 3.2, the rule of 3.0 and a unit', () => {
    const { columns, metrics } = contractOf(
      table(
        `      - name: a
        logicalType: integer
        enum: [{ value: 1, label: One }, { value: 2 }]
        customProperties: [{ property: unit, value: mm Hg }]
        quality: [{ rule: duplicateCount, mustBeLessThan: 10 }, { rule: nullCheck }]
`,
        '    quality: [{ metric: duplicateValues, arguments: { properties: [a] }, mustBe: 0 }]\n',
      ),
    );
    expect(columns[0]).toMatchObject({ enum: [1, 2], unit: 'mm Hg' });
    expect(metrics.map((rule) => rule.metric)).toEqual(['duplicateValues', 'duplicateValues']);
  });

  test.each([
    ['classification: restricted', true],
    ['classification: Personal Data', true],
    ['classification: public', false],
    ['classification: internal', false],
    ['tags: [pii]', true],
    ['tags: [finance, "PII:email"]', true],
    ['tags: [personal-data]', true],
    ['tags: [impersonal, cpii]', false],
    ['description: a personal note', false],
  ])('knows by "%s" whether a column is personal data (P5)', (line, personal) => {
    expect(contractOf(column(line)).columns[0]!.personal).toBe(personal);
  });

  test('lists what it does not check, with the line, instead of dropping it', () => {
    const { notChecked } = contractOf(
      `${table(
        `      - name: a
        logicalType: string
        logicalTypeOptions: { format: email }
        quality:
          - { type: sql, query: "SELECT 1", mustBe: 0 }
          - { type: custom, engine: soda, implementation: x }
          - { type: text, description: It should be nice. }
      - { name: b, logicalType: time }
      - { name: c, logicalType: array, items: { logicalType: string } }
      - { name: d, logicalType: number, logicalTypeOptions: { multipleOf: 0.01 } }
`,
      )}slaProperties: [{ property: latency, value: 4, unit: d }]\n`,
    );
    expect(notChecked.map(({ what, column: name, line }) => `${line} ${name ?? '-'} ${what}`)).toEqual([
      '10 a logicalTypeOptions.format',
      '12 a quality (sql)',
      '13 a quality (custom)',
      '14 a quality (text)',
      '15 b logicalType time',
      '16 c logicalType array',
      '17 d logicalTypeOptions.multipleOf',
      '18 - slaProperties',
    ]);
  });

  test.each([
    ['nothing', '', ['contract-shape']],
    ['a text', 'hello', ['contract-shape 1:1']],
    ['broken YAML', `${header}schema: [`, ['contract-yaml 5:10']],
    ['a key twice', `${header}id: d\n`, ['contract-yaml 5:1']],
    [
      'an unknown key',
      `${header.replace('kind', 'knid')}`,
      ['contract-key-unknown 2:1', 'contract-key-missing 1:1', 'contract-tables 1:1'],
    ],
    ['another version', table('      - name: a\n').replace('v3.2.0', 'v2.2.2'), ['contract-version 1:13']],
    ['another kind', table('      - name: a\n').replace('DataContract', 'Data'), ['contract-version 2:7']],
    [
      'no status before 3.2',
      table('      - name: a\n').replace('v3.2.0', 'v3.1.0'),
      ['contract-key-missing 1:1'],
    ],
    [
      'a version that is a number',
      table('      - name: a\n').replace('1.0.0', '1.0'),
      ['contract-value 4:10'],
    ],
    ['two tables', `${header}schema: [{ name: a }, { name: b }]\n`, ['contract-tables 5:1']],
    ['no columns', `${header}schema:\n  - name: t\n`, ['contract-shape 6:5']],
    ['a column without a name', table('      - logicalType: string\n'), ['contract-key-missing 8:9']],
    ['a column twice', table('      - name: a\n      - name: A\n'), ['contract-column-duplicate 9:15']],
    ['an unknown type', column('logicalType: integr'), ['contract-value 9:22']],
    [
      'an option of another type',
      column('logicalType: integer\nlogicalTypeOptions: { minLength: 1 }'),
      ['contract-key-unknown 10:31'],
    ],
    [
      'a minimum that is text',
      column('logicalType: integer\nlogicalTypeOptions: { minimum: "1" }'),
      ['contract-value 10:40'],
    ],
    [
      'an empty range',
      column('logicalType: number\nlogicalTypeOptions: { minimum: 2, maximum: 1 }'),
      ['contract-range-empty 10:52'],
    ],
    [
      'an empty open range',
      column('logicalType: number\nlogicalTypeOptions: { minimum: 1, exclusiveMaximum: 1 }'),
      ['contract-range-empty 10:61'],
    ],
    [
      'an empty range of lengths',
      column('logicalType: string\nlogicalTypeOptions: { minLength: 2, maxLength: 1 }'),
      ['contract-range-empty 10:56'],
    ],
    [
      'a date that is none',
      column('logicalType: date\nlogicalTypeOptions: { minimum: "2023-02-29" }'),
      ['contract-option 10:40'],
    ],
    [
      'a broken pattern',
      column("logicalType: string\nlogicalTypeOptions: { pattern: '(' }"),
      ['contract-pattern 10:40'],
    ],
    [
      'a metric that is none',
      column('quality: [{ metric: nullValue, mustBe: 0 }]'),
      ['contract-quality 9:29'],
    ],
    ['a rule without an operator', column('quality: [{ metric: nullValues }]'), ['contract-quality 9:19']],
    [
      'a rule with two operators',
      column('quality: [{ metric: nullValues, mustBe: 0, mustNotBe: 1 }]'),
      ['contract-quality 9:19'],
    ],
    [
      'bounds the wrong way',
      column('quality: [{ metric: nullValues, mustBeBetween: [2, 1] }]'),
      ['contract-quality 9:56'],
    ],
    [
      'a rule of the table at a column',
      column('quality: [{ metric: rowCount, mustBe: 0 }]'),
      ['contract-quality 9:29'],
    ],
    [
      'a column rule at the table',
      table('      - name: a\n', '    quality: [{ metric: nullValues, mustBe: 0 }]\n'),
      ['contract-quality 7:25'],
    ],
    ['no valid values', column('quality: [{ metric: invalidValues, mustBe: 0 }]'), ['contract-quality 9:19']],
    [
      'values of another type',
      column(
        'logicalType: integer\nquality: [{ metric: invalidValues, mustBe: 0, arguments: { validValues: [a] } }]',
      ),
      ['contract-enum 10:18'],
    ],
    ['numbers for a text', column('logicalType: string\nenum: [{ value: 1 }]'), ['contract-enum 10:15']],
    [
      'a value twice',
      column('logicalType: string\nenum: [{ value: a }, { value: a }]'),
      ['contract-enum 10:15'],
    ],
    ['an empty enum', column('logicalType: string\nenum: []'), ['contract-enum 10:9']],
    [
      'a property that is none',
      table(
        '      - name: a\n',
        '    quality: [{ metric: duplicateValues, arguments: { properties: [b] }, mustBe: 0 }]\n',
      ),
      ['contract-quality 7:14'],
    ],
    ['SQL without a query', column('quality: [{ type: sql, mustBe: 0 }]'), ['contract-key-missing 9:19']],
    ['an unknown type of rule', column('quality: [{ type: magic, mustBe: 0 }]'), ['contract-quality 9:27']],
    [
      'an unknown unit',
      column('quality: [{ metric: nullValues, mustBe: 0, unit: ppm }]'),
      ['contract-quality 9:58'],
    ],
    ['a flag that is text', column('required: "yes"'), ['contract-value 9:19']],
  ])('refuses %s at its line and column', (_, text, expected) => {
    expect(mistakes(text)).toEqual(expected);
  });

  test('reports every mistake at once, and the nearest right word', () => {
    const read = readContract(
      'c.yaml',
      table(`      - name: a
        logicalTyp: string
        requird: true
      - name: b
        logicalType: nmber
        quality: [{ metric: rowcount, mustBe: 0 }]
`),
    );
    expect(read.ok ? [] : read.failure.map((failure) => failure.remedy)).toEqual([
      'Did you mean "logicalType"?',
      'Did you mean "required"?',
      'Did you mean "number"?',
      'Did you mean "rowCount"?',
    ]);
  });

  test('refuses files that are too large, not UTF-8, bombs or nested too deeply', () => {
    expect(mistakes(`${header}#${'x'.repeat(2 ** 20)}`)).toEqual(['contract-too-large']);
    expect(mistakes(Buffer.from('id: \xff', 'latin1'))).toEqual(['contract-not-utf8']);
    expect(mistakes(`${header}tags: &a [x]\nservers: [${Array(101).fill('*a').join(', ')}]\n`)).toEqual([
      'contract-yaml',
    ]);
    for (const depth of [300, 100_000])
      expect(mistakes(`a: ${'['.repeat(depth)}`)[0]).toMatch(/^contract-yaml/);
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 10; i++) {
      const before = String.fromCharCode(96 + i);
      bomb.push(
        `${String.fromCharCode(97 + i)}: &${String.fromCharCode(97 + i)} [${Array(9).fill(`*${before}`).join(', ')}]`,
      );
    }
    expect(mistakes(bomb.join('\n')).length).toBeGreaterThan(0);
  });

  test('follows anchors, and survives those that lead nowhere or in a circle', () => {
    const shared = table(`      - { name: a, logicalType: number, logicalTypeOptions: &limits { minimum: 1 } }
      - { name: b, logicalType: number, logicalTypeOptions: *limits }
`);
    expect(contractOf(shared).columns[1]).toMatchObject({ minimum: 1 });
    expect(mistakes(`${header}schema: &s [*s]\n`).length).toBeGreaterThan(0);
    expect(mistakes(`${header}schema: *nothing\n`).length).toBeGreaterThan(0);
  });

  test('never crashes on damaged contracts', async () => {
    const good = parse(await readFile('pipelines/heart-disease/patients.odcs.yaml', 'utf8')) as unknown;
    const paths: (string | number)[][] = [];
    const walk = (value: unknown, path: (string | number)[]): void => {
      if (path.length > 0) paths.push(path);
      if (Array.isArray(value)) for (const [i, item] of value.entries()) walk(item, [...path, i]);
      else if (value !== null && typeof value === 'object') {
        for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
      }
    };
    walk(good, []);
    const junk = fc.oneof(
      fc.constantFrom(
        null,
        true,
        -1,
        Number.POSITIVE_INFINITY,
        'x',
        '',
        [],
        {},
        [[]],
        [null],
        { a: 1 },
        Number.NaN,
        2 ** 60,
        '__proto__',
      ),
      fc.jsonValue({ maxDepth: 2 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...paths), junk, fc.boolean(), (path, value, isKey) => {
        const copy = structuredClone(good) as Record<string | number, unknown>;
        let place = copy;
        for (const part of path.slice(0, -1)) place = place[part] as Record<string | number, unknown>;
        place[isKey ? String(value) : path.at(-1)!] = value;
        const read = readContract('c.yaml', stringify(copy, { aliasDuplicateObjects: false }));
        expect(typeof read.ok).toBe('boolean');
      }),
      { numRuns: 150, seed: 5 },
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'abc:-[]{}&*!|>"\'%@`#,? \n\t0~é'), maxLength: 60 }),
        (text) => {
          readContract('c.yaml', text);
          readContract('c.yaml', `${header}schema:\n${text}`);
        },
      ),
      { numRuns: 300, seed: 6 },
    );
  });
});
