import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { Contract } from '../../src/contract/index.ts';
import { compileRowCheck, readContract, rowSchema } from '../../src/contract/index.ts';

const file = 'pipelines/heart-disease/patients.odcs.yaml';
const patient = {
  patient_id: 'P001',
  age: 63,
  sex: 'male',
  cp: 'typical',
  trestbps: 145,
  chol: 233,
  fbs: 1,
  restecg: 'hypertrophy',
  thalach: 150,
  exang: 0,
  oldpeak: 2.3,
  slope: 'downsloping',
  ca: 0,
  thal: 'fixed-defect',
  diagnosis: 0,
};

async function heart(): Promise<Contract> {
  const contract = readContract(file, await readFile(file));
  if (!contract.ok) throw new Error('unreadable');
  return contract.value;
}

function contractOf(properties: string): Contract {
  const text = `{ apiVersion: v3.2.0, kind: DataContract, id: c, version: 1.0.0, schema: [{ name: t, properties: [${properties}] }] }`;
  const contract = readContract('c.yaml', text);
  if (!contract.ok) throw new Error(JSON.stringify(contract.failure));
  return contract.value;
}

describe('a single row', () => {
  test('of good values keeps the contract, with optional values missing, null or, for text, empty (D1)', async () => {
    const check = await compileRowCheck(await heart());
    const { ca: _, thal: __, ...without } = patient;
    for (const row of [patient, without, { ...patient, ca: null, thal: null }, { ...patient, thal: '' }]) {
      expect(check(row)).toEqual([]);
    }
  });

  test('is not tried on a pattern where a text is too long anyway, however the column is written (S11)', async () => {
    const check = await compileRowCheck(
      contractOf(
        '{ name: pattern, logicalType: string, required: true, logicalTypeOptions: { maxLength: 10, pattern: "^(a+)+$" } }, { name: b, logicalType: string, logicalTypeOptions: { maxLength: 10, pattern: "^(a+)+$" } }',
      ),
    );
    const long = `${'a'.repeat(60)}!`;
    const rules = (row: object): readonly string[] =>
      check(row).map(({ rule, column }) => `${column} ${rule}`);
    expect(rules({ pattern: long, b: long })).toEqual(['pattern length', 'b length']);
    expect(rules({ pattern: 'aab', b: 'aab' })).toEqual(['pattern pattern', 'b pattern']);
    expect(rules({ pattern: 'aaa', b: 'aaa' })).toEqual([]);
  });

  test('has a longest text where a column has a pattern and no length, as its schema says (S11)', async () => {
    const contract = contractOf(
      '{ name: free, logicalType: string, logicalTypeOptions: { pattern: "[a-z]+@" } }, { name: long, logicalType: string, logicalTypeOptions: { pattern: "@", maxLength: 5000 } }, { name: any, logicalType: string }',
    );
    const check = await compileRowCheck(contract);
    const text = (length: number): string => `${'a'.repeat(length - 1)}@`;
    expect(check({ free: text(1000), long: text(5000), any: text(100_000) })).toEqual([]);
    expect(check({ free: text(1001), long: text(5001) })).toEqual([
      { rule: 'length', column: 'free', expected: 'at most 1000 characters' },
      { rule: 'length', column: 'long', expected: 'at most 5000 characters' },
    ]);
    expect(JSON.stringify(rowSchema(contract))).toContain('"maxLength":1000,"pattern":"[a-z]+@"');
  });

  test('that breaks rules is told every one, never the value (D1, P5)', async () => {
    const check = await compileRowCheck(await heart());
    const { sex: _, ...rest } = patient;
    const problems = check({
      ...rest,
      patient_id: 'secret',
      age: 63.5,
      chol: 9999,
      cp: '',
      fbs: '1',
      thal: 'odd',
      Age: 3,
    });
    expect(problems.map(({ rule, column }) => `${rule} ${column}`).sort()).toEqual([
      'columns Age',
      'enum thal',
      'pattern patient_id',
      'range chol',
      'required cp',
      'required sex',
      'type age',
      'type fbs',
    ]);
    expect(JSON.stringify(problems)).not.toContain('secret');
  });

  test('that is no object is refused', async () => {
    const check = await compileRowCheck(await heart());
    for (const row of [null, undefined, 1, 'x', [], [patient], true]) expect(check(row)).toHaveLength(1);
  });

  test('may not carry numbers that JSON cannot carry exactly', async () => {
    const check = await compileRowCheck(
      contractOf('{ name: i, logicalType: integer }, { name: n, logicalType: number }'),
    );
    const rules = (json: string) => check(JSON.parse(json)).map(({ rule, column }) => `${rule} ${column}`);
    expect(rules('{ "i": 9007199254740991, "n": 1e300 }')).toEqual([]);
    expect(rules('{ "i": -0, "n": -0 }')).toEqual([]);
    expect(rules('{ "i": 1.0, "n": 1 }')).toEqual([]);
    expect(rules('{ "i": 9007199254740993, "n": 1e400 }')).toEqual(['type i', 'type n']);
    expect(rules('{ "i": "1", "n": "1" }')).toEqual(['type i', 'type n']);
  });

  test('is safe from the names of object members that JavaScript knows', async () => {
    const check = await compileRowCheck(
      contractOf('{ name: constructor, required: true }, { name: toString }'),
    );
    expect(check({})).toEqual([{ rule: 'required', column: 'constructor', expected: 'a value' }]);
    expect(check(JSON.parse('{ "constructor": "x", "__proto__": 1 }'))).toMatchObject([{ rule: 'columns' }]);
    const odd = readContract('c.yaml', 'schema: [{ properties: [{ name: __proto__ }] }]');
    expect(odd.ok).toBe(false);
  });

  test('has a schema that any JSON Schema validator takes', async () => {
    const schema = rowSchema(await heart());
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    expect(ajv.validateSchema(schema)).toBe(true);
    expect(ajv.compile(schema)(patient)).toBe(true);
    expect(schema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      properties: {
        age: { type: 'integer', minimum: 18, maximum: 110, description: 'Age in years.' },
        ca: { anyOf: [{ type: 'null' }, { type: 'integer', minimum: 0, maximum: 3 }] },
        sex: { type: 'string', minLength: 1, enum: ['female', 'male'] },
      },
    });
    expect(schema['required']).not.toContain('thal');
  });
});
