import { describe, expect, test } from 'vitest';
import { contractAnnotations } from '../../src/actions/contract-annotations.ts';
import type { CheckResult } from '../../src/contract/index.ts';

const contract = {
  file: 'pipelines/a/rows.odcs.yaml',
  text: 'schema:\n  - name: rows\n    properties:\n      - name: age\n        logicalType: integer\n      - { name: "sex" }\n',
};
const check: CheckResult = {
  rule: 'range',
  column: 'age',
  severity: 'error',
  verdict: 'fail',
  failed: 1,
  expected: 'between 18 and 110',
  examples: [{ file: 'data/rows.csv', line: 5, row: 4, value: '641' }],
};
const placed = (changes: Partial<CheckResult>, project = '.'): unknown => {
  const checks = { verdict: 'fail' as const, rows: 10, checks: [{ ...check, ...changes }] };
  return contractAnnotations({ name: 'rows', checks: checks as never, contract }, project)[0];
};

describe('what breaks a contract, on a pull request (P1, D1)', () => {
  test('stands at the line of the data that breaks it, wherever the project is in its repository', () => {
    expect(placed({})).toEqual({
      level: 'error',
      title: 'rows.age: range fail',
      message: 'Expected between 18 and 110; 1 row differs, as in "641".',
      place: { file: 'data/rows.csv', line: 5 },
    });
    expect(placed({}, 'models/heart')).toMatchObject({ place: { file: 'models/heart/data/rows.csv' } });
  });

  test('stands at the line of the contract that asks for it, where no row is to blame', () => {
    const { file } = contract;
    expect(placed({ examples: [] })).toMatchObject({ place: { file, line: 4 } });
    expect(placed({ examples: [], column: 'sex' }, 'x')).toMatchObject({
      place: { file: `x/${file}`, line: 6 },
    });
    const { column: _, ...ofTable } = check;
    const annotation = contractAnnotations(
      {
        name: 'rows',
        checks: { checks: [{ ...ofTable, rule: 'row-count', examples: [] }] } as never,
        contract,
      },
      '.',
    );
    expect(annotation).toMatchObject([{ title: 'rows: row-count fail', place: { file } }]);
  });
});
