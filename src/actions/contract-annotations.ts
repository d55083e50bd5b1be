import { join } from 'node:path';
import type { ContractVerdict } from '../contract/index.ts';
import type { Annotation } from './action.ts';

/** What the checks of a contract found, on the lines of the data that break it; never the value of a personal column. */
export function contractAnnotations(
  dataset: string,
  { checks }: ContractVerdict,
  project: string,
): readonly Annotation[] {
  return checks
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ rule, column, severity, verdict, failed, expected, because, examples }): Annotation => {
      const what = `${dataset}${column === undefined ? '' : `.${column}`}: ${rule}`;
      const first = examples[0];
      const value = first?.value === undefined ? '' : `, as in ${JSON.stringify(first.value)}`;
      const rows = failed === 1 ? '1 row' : `${failed} rows`;
      return {
        level: verdict === 'fail' && severity === 'error' ? 'error' : 'warning',
        title: `${what} ${verdict}`,
        message: because ?? `Expected ${expected}; ${rows} differ${failed === 1 ? 's' : ''}${value}.`,
        ...(first === undefined
          ? {}
          : {
              place: {
                file: join(project, first.file),
                ...(first.line === undefined ? {} : { line: first.line }),
              },
            }),
      };
    });
}
