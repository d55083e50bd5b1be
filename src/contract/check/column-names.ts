import { nearest } from '../../base/index.ts';
import type { RowSource } from '../../sql/index.ts';
import type { Contract, Severity } from '../contract.ts';
import type { CheckResult } from '../verdict.ts';

/**
 * The source has to have the columns of the contract. Another one is a warning: it has no type, and nobody has said
 * whether it is personal data, so nothing uses it.
 */
export function checkColumnNames(contract: Contract, source: RowSource): CheckResult[] {
  const declared = contract.columns.map((column) => column.name);
  const found = source.columns.map((column) => column.name);
  const missing = declared.filter((name) => !found.includes(name));
  const unexpected = found.filter((name) => !declared.includes(name));
  const broken = (column: string, severity: Severity, expected: string): CheckResult => ({
    rule: 'columns',
    column,
    severity,
    verdict: 'fail',
    failed: 1,
    expected,
    examples: [],
  });
  if (missing.length + unexpected.length === 0) {
    const expected = `the ${declared.length} columns of the contract`;
    return [{ rule: 'columns', severity: 'error', verdict: 'pass', failed: 0, expected, examples: [] }];
  }
  return [
    ...missing.map((name) => {
      const meant = nearest(name, unexpected);
      return broken(
        name,
        'error',
        `a column "${name}"${meant === undefined ? '' : `; the data has "${meant}"`}`,
      );
    }),
    ...unexpected.map((name) => broken(name, 'warning', 'no column that the contract does not declare')),
  ];
}
