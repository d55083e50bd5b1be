import { nearest } from '../../base/index.ts';
import type { RowSource } from '../../sql/index.ts';
import type { Contract } from '../contract.ts';
import type { CheckResult } from '../verdict.ts';

/**
 * The source has to have the columns of the contract and no other: an undeclared column would have no type, and
 * nobody would have said whether it is personal data.
 */
export function checkColumnNames(contract: Contract, source: RowSource): CheckResult[] {
  const declared = contract.columns.map((column) => column.name);
  const found = source.columns.map((column) => column.name);
  const missing = declared.filter((name) => !found.includes(name));
  const unexpected = found.filter((name) => !declared.includes(name));
  const result = (expected: string, column?: string): CheckResult => ({
    rule: 'columns',
    ...(column === undefined ? {} : { column }),
    severity: 'error',
    verdict: column === undefined ? 'pass' : 'fail',
    failed: column === undefined ? 0 : 1,
    expected,
    examples: [],
  });
  if (missing.length + unexpected.length === 0)
    return [result(`the ${declared.length} columns of the contract`)];
  return [
    ...missing.map((name) => {
      const meant = nearest(name, unexpected);
      return result(`a column "${name}"${meant === undefined ? '' : `; the data has "${meant}"`}`, name);
    }),
    ...unexpected.map((name) => result('no column that the contract does not declare', name)),
  ];
}
