import type { CheckResult } from '../../../contract/index.ts';
import type { RunRecord } from '../../../runs/index.ts';
import { count, counted } from '../../numbers.ts';
import type { ReportedProblem } from '../pull-report.ts';
import { first, long, short } from './clip.ts';

/**
 * What does not hold, at the line where somebody can mend it: the first rows of the data files that break a rule; for
 * rules that no row breaks (how many rows, which columns), the rule in the contract. Errors before warnings.
 */
export function problemsOf(
  { data }: RunRecord,
  contracts: Readonly<Record<string, string>>,
): readonly ReportedProblem[] {
  const problems = Object.entries(data).flatMap(([dataset, { checks, contract }]) =>
    (checks?.checks ?? [])
      .filter(({ verdict }) => verdict !== 'pass')
      .flatMap((check) => ofCheck(check, contract?.file, contracts[dataset])),
  );
  const sorted = problems.toSorted((a, b) => Number(a.level === 'warning') - Number(b.level === 'warning'));
  return first(sorted, 100);
}

/** Rows of one check that are shown; what is wrong with the others is as a rule the same. */
const rowsOfCheck = 3;

function ofCheck(
  check: CheckResult,
  contractFile: string | undefined,
  contract: string | undefined,
): readonly ReportedProblem[] {
  const { rule, column, expected, failed, examples, because, severity, verdict } = check;
  const level = verdict === 'fail' && severity === 'error' ? 'error' : 'warning';
  const what = column === undefined ? rule : `${short(column)}: ${rule}`;
  const many = rule === 'columns' ? counted(failed, 'column') : counted(failed, 'row');
  const rows = examples.slice(0, rowsOfCheck).map(({ file, line, row, value }): ReportedProblem => {
    const found = value === undefined ? '' : `, found ${value === null ? 'nothing' : `"${short(value)}"`}`;
    const where = line === undefined ? ` (row ${count(row)})` : '';
    return {
      file: long(file),
      ...(line === undefined ? {} : { line }),
      message: long(`${what}: expected ${expected}${found}${where}; ${many} in all`),
      level,
    };
  });
  if (rows.length > 0 || contractFile === undefined) return rows;
  const line = contract === undefined ? undefined : contractLine(contract, column);
  const why = because ?? (failed > 0 ? `${many} of the data` : 'the data do not meet it');
  return [
    {
      file: long(contractFile),
      ...(line === undefined ? {} : { line }),
      message: long(`${what}: expected ${expected}; ${why}`),
      level,
    },
  ];
}

/** Where a contract names a column: what is wrong with a whole column is shown there. */
export function contractLine(text: string, column: string | undefined): number | undefined {
  if (column === undefined) return undefined;
  const at = text.split('\n').findIndex((line) => {
    const name = /^\s*(?:-\s*)?(?:\{\s*)?name\s*:\s*(["']?)([^"',}#]+?)\1\s*(?:[,}#].*)?$/.exec(line)?.[2];
    return name === column;
  });
  return at < 0 ? undefined : at + 1;
}
