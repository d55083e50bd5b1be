import { describe, expect, it } from 'vitest';
import type { ColumnContract } from '../../src/contract/index.ts';
import type { ModelInfo, TensorType } from '../../src/onnx/index.ts';
import { narrowColumns, portCheck } from '../../src/servable/port-check.ts';

function column(type: ColumnContract['type'], rules: Partial<ColumnContract> = {}): ColumnContract {
  return { name: 'a', type, required: false, unique: false, primaryKey: false, personal: false, ...rules };
}

function model(type: TensorType): ModelInfo {
  return {
    inputs: [{ name: 'a', type, shape: [null, 1] }],
    outputs: [],
    opsets: {},
    producer: '',
    metadata: {},
    task: 'regression',
    classes: [],
  };
}

function problems(type: TensorType, rule: ColumnContract, value: unknown): readonly string[] {
  const columns = [{ name: 'a', kind: type === 'string' ? 'text' : 'number' }] as const;
  return portCheck(model(type), columns, [rule])({ a: value }).map((problem) => problem.rule);
}

describe('S11: what the tensors of a model cannot hold', () => {
  it.each<[string, TensorType, ColumnContract, unknown, readonly string[]]>([
    ['a missing value among integers', 'int64', column('integer'), null, ['required']],
    ['a fraction among integers', 'int64', column('number', { required: true }), 1.5, ['type']],
    ['an integer beyond 32 bits', 'int32', column('integer', { required: true }), 2 ** 31, ['type']],
    ['a number that is no boolean', 'bool', column('integer', { required: true }), 2, ['type']],
    ['a number beyond single precision', 'float', column('number'), 1e300, ['range']],
    ['a NUL', 'string', column('string'), 'a\0', ['pattern']],
  ])('%s is found', (_, type, rule, value, expected) => {
    expect(problems(type, rule, value)).toEqual(expected);
  });

  it.each<[string, TensorType, ColumnContract, unknown]>([
    ['a missing number among doubles', 'double', column('number'), null],
    ['a missing number of single precision', 'float', column('number'), null],
    ['a missing text', 'string', column('string'), null],
    ['a text', 'string', column('string'), 'a'],
    ['an integer', 'int64', column('number', { required: true }), 3],
    ['a boolean', 'bool', column('boolean', { required: true }), true],
    ['a date among integers', 'int64', column('date', { required: true }), '2026-01-15'],
  ])('%s is none of it', (_, type, rule, value) => {
    expect(problems(type, rule, value)).toEqual([]);
  });

  it('is said by the rules of requests, where the contract leaves room for it', () => {
    const narrowed = (type: TensorType, rule: ColumnContract): ColumnContract => {
      const columns = [{ name: 'a', kind: type === 'string' ? 'text' : 'number' }] as const;
      return narrowColumns(model(type), columns, [rule])[0]!;
    };
    expect(narrowed('int32', column('number', { minimum: 0 }))).toMatchObject({
      type: 'integer',
      required: true,
      minimum: 0,
      maximum: 2 ** 31 - 1,
    });
    expect(narrowed('float', column('number')).maximum).toBeLessThan(3.41e38);
    expect(narrowed('string', column('string')).pattern).toBeDefined();
    for (const rule of [column('string', { enum: ['a'] }), column('string', { pattern: 'a' })]) {
      expect(narrowed('string', rule)).toEqual(rule);
    }
    expect(narrowed('double', column('number'))).toEqual(column('number'));
  });
});
