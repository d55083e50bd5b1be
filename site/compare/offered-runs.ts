import { fixed, metricDefinition, valueAt } from '@format';
import type { RunName } from '@site/lib/addresses.ts';
import type { RunsTable } from '@site/runs/runs-table.ts';

/** A run that can be added to a comparison, as the list of them shows it. */
export interface OfferedRun {
  readonly name: RunName;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly verdict: string;
  readonly status: string;
  /** What made its model, with its main metric: `random-forest, roc_auc 0.937`. */
  readonly model: string;
  readonly tags: readonly string[];
}

export interface Offer {
  readonly runs: readonly OfferedRun[];
  /** How many fit; `runs` has the newest of them. */
  readonly fitting: number;
}

/** The newest runs in which every word occurs: in their name, verdict, model, tags or parameters. */
export function offeredRuns(
  table: RunsTable,
  {
    typed,
    taken,
    most,
  }: { readonly typed: string; readonly taken: readonly RunName[]; readonly most: number },
): Offer {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const known = new Set(taken.map(({ pipeline, id }) => `${pipeline}/${id}`));
  const params = [...table.fields.keys()].filter((name) => name.startsWith('params.'));
  const runs: OfferedRun[] = [];
  let fitting = 0;
  for (const row of table.rows()) {
    const name = { pipeline: table.pipeline(row), id: table.id(row) };
    if (known.has(`${name.pipeline}/${name.id}`)) continue;
    if (words.length > 0) {
      const text = searchedText(table, row, params);
      if (!words.every((word) => text.includes(word))) continue;
    }
    fitting++;
    if (runs.length < most) runs.push(offeredRun(table, row, name));
  }
  return { runs, fitting };
}

function searchedText(table: RunsTable, row: number, params: readonly string[]): string {
  const values = params.flatMap((param) => {
    const value = valueAt(table.column(param), row);
    return value === undefined ? [] : [`${param.slice('params.'.length)}=${value}`];
  });
  return [
    `${table.pipeline(row)}/${table.id(row)}`,
    table.text('verdict', row),
    table.text('status', row),
    table.text('model', row),
    table.text('matrix.estimator', row),
    ...table.notesOf(row).tags,
    ...values,
  ]
    .join(' ')
    .toLowerCase();
}

function offeredRun(table: RunsTable, row: number, name: RunName): OfferedRun {
  const started = valueAt(table.column('started'), row);
  const metric = table.text('metric', row);
  const value = valueAt(table.column(`metrics.${metric}`), row);
  const made = table.text('matrix.estimator', row) || table.text('model', row);
  const measured = typeof value === 'number' ? `${metric} ${shownMetric(metric, value)}` : '';
  return {
    name,
    startedAt: typeof started === 'number' ? new Date(started).toISOString() : '',
    verdict: table.text('verdict', row),
    status: table.text('status', row),
    model: [made, measured].filter(Boolean).join(', '),
    tags: table.notesOf(row).tags,
  };
}

function shownMetric(metric: string, value: number): string {
  return metricDefinition(metric) === undefined ? String(Number(value.toPrecision(4))) : fixed(value, 3);
}
