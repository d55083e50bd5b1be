import type { JsonScalar } from '../../base/index.ts';
import { modelOf } from '../baseline.ts';
import type { RunRecord } from '../record.ts';

/** One run as one row: values by the name of their column. A run has only some of the columns. */
export type FlatRun = Readonly<Record<string, JsonScalar>>;

/** Columns of every run, in their order; the others begin with `data.`, `params.` and `metrics.`. */
export const commonColumns: readonly string[] = [
  ...['id', 'pipeline', 'started_at', 'ended_at', 'seconds', 'status', 'verdict'],
  ...['commit', 'branch', 'dirty', 'trigger', 'actor', 'model_step', 'model_digest', 'main_metric'],
];

/** Metrics are those of the model that the run chose; `metrics.x` with the ends of its interval, `.low` and `.high`. */
export function flatRun(record: RunRecord): FlatRun {
  const { startedAt, seconds, code, trigger, model } = record;
  const row: Record<string, JsonScalar> = {
    id: record.id,
    pipeline: record.pipeline,
    started_at: startedAt,
    ended_at: endOf(record).toISOString(),
    seconds,
    status: record.status,
    verdict: record.verdict,
    commit: code?.commit ?? null,
    branch: code?.branch ?? null,
    dirty: code?.dirty ?? null,
    trigger: trigger.kind,
    actor: trigger.actor ?? null,
    model_step: model?.step ?? null,
    model_digest: model?.digest ?? null,
    main_metric: record.mainMetric ?? null,
  };
  for (const [name, { fingerprint, rows }] of Object.entries(record.data)) {
    if (fingerprint !== undefined) row[`data.${name}.fingerprint`] = fingerprint;
    if (rows !== undefined) row[`data.${name}.rows`] = rows.total;
  }
  for (const [name, value] of Object.entries(record.params)) row[`params.${name}`] = value;
  for (const [name, { value, low, high }] of Object.entries(modelOf(record)?.evaluation?.metrics ?? {})) {
    row[`metrics.${name}`] = value;
    row[`metrics.${name}.low`] = low;
    row[`metrics.${name}.high`] = high;
  }
  return row;
}

export function endOf({ startedAt, seconds }: Pick<RunRecord, 'startedAt' | 'seconds'>): Date {
  return new Date(Date.parse(startedAt) + Math.round(seconds * 1000));
}
