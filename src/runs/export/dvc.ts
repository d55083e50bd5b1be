import { stringify } from 'yaml';
import { modelOf } from '../baseline.ts';
import type { RunRecord } from '../record.ts';
import type { ExportedFile } from './mlflow.ts';

/** The metrics of the chosen model and the parameters of one run, as `dvc metrics` and `dvc params` read them. */
export function dvcFiles(record: RunRecord): readonly ExportedFile[] {
  const metrics = Object.fromEntries(
    Object.entries(modelOf(record)?.evaluation?.metrics ?? {}).map(([name, { value, low, high }]) => [
      name,
      { value, low, high },
    ]),
  );
  return [
    { path: 'metrics.json', text: `${JSON.stringify(metrics, null, 2)}\n` },
    {
      path: 'params.yaml',
      text: stringify(record.params, {
        defaultStringType: 'QUOTE_DOUBLE',
        defaultKeyType: 'PLAIN',
        lineWidth: 0,
      }),
    },
  ];
}
