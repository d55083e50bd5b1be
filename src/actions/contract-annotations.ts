import { join } from 'node:path';
import type { Place } from '../base/index.ts';
import type { ValidatedDataset } from '../commands/index.ts';
import type { CheckResult } from '../contract/index.ts';
import { contractLine } from '../report/index.ts';
import type { Annotation } from './action.ts';

/**
 * What the checks of a contract found, on the lines of the data that break it, or where no row is to blame, on the line of
 * the contract that asks for it; never the value of a personal column.
 */
export function contractAnnotations(
  { name, checks: { checks }, contract }: Pick<ValidatedDataset, 'name' | 'checks' | 'contract'>,
  project: string,
): readonly Annotation[] {
  return checks
    .filter(({ verdict }) => verdict !== 'pass')
    .map((check): Annotation => {
      const { rule, column, severity, verdict, failed, expected, because, examples } = check;
      const what = `${name}${column === undefined ? '' : `.${column}`}: ${rule}`;
      const value = examples[0]?.value === undefined ? '' : `, as in ${JSON.stringify(examples[0].value)}`;
      const rows = failed === 1 ? '1 row' : `${failed} rows`;
      const place = placeOf(check, contract, project);
      return {
        level: verdict === 'fail' && severity === 'error' ? 'error' : 'warning',
        title: `${what} ${verdict}`,
        message: because ?? `Expected ${expected}; ${rows} differ${failed === 1 ? 's' : ''}${value}.`,
        ...(place === undefined ? {} : { place }),
      };
    });
}

function placeOf(
  { examples, column }: CheckResult,
  contract: ValidatedDataset['contract'],
  project: string,
): Place | undefined {
  const first = examples[0];
  const file = first?.file ?? contract?.file;
  if (file === undefined) return undefined;
  const line = first === undefined ? contractLine(contract!.text, column) : first.line;
  return { file: join(project, file), ...(line === undefined ? {} : { line }) };
}
