import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { JsonScalar } from '../../base/index.ts';
import { modelOf } from '../baseline.ts';
import type { RunRecord } from '../record.ts';
import { endOf } from './flat-run.ts';

/** A file of an export, by its path in the folder. */
export interface ExportedFile {
  readonly path: string;
  readonly text: string;
}

/** MLflow's own numbers: RunStatus and SourceType of its protocol. */
const statuses = { succeeded: 3, failed: 4, cancelled: 5 } as const;
const localSource = 4;

/** 18 digits, as MLflow makes them; the same for the same pipeline. */
export function experimentId(pipeline: string): string {
  const number = BigInt(`0x${createHash('sha256').update(pipeline).digest('hex').slice(0, 16)}`);
  return String(100_000_000_000_000_000n + (number % 900_000_000_000_000_000n));
}

/** What an experiment is besides its runs. */
export function experimentFile(pipeline: string, span: { first: Date; last: Date }, root: URL): ExportedFile {
  const id = experimentId(pipeline);
  const meta = {
    artifact_location: new URL(id, root).href,
    creation_time: span.first.getTime(),
    experiment_id: id,
    last_update_time: span.last.getTime(),
    lifecycle_stage: 'active',
    name: pipeline,
  };
  return { path: `${id}/meta.yaml`, text: yaml(meta) };
}

/**
 * A run in the layout of MLflow's file store: its id stays its id, the experiment is the pipeline. Metrics are those of
 * the chosen model, each with the ends of its interval as `x.low` and `x.high`.
 */
export function runFiles(record: RunRecord, root: URL): readonly ExportedFile[] {
  const experiment = experimentId(record.pipeline);
  const folder = `${experiment}/${record.id}`;
  const [start, end] = [new Date(record.startedAt), endOf(record)];
  const user = record.trigger.actor ?? '';
  const meta = {
    artifact_uri: new URL(`${folder}/artifacts`, root).href,
    end_time: end.getTime(),
    entry_point_name: '',
    experiment_id: experiment,
    lifecycle_stage: 'active',
    run_id: record.id,
    run_name: record.id,
    run_uuid: record.id,
    source_name: '',
    source_type: localSource,
    source_version: '',
    start_time: start.getTime(),
    status: statuses[record.status],
    tags: [],
    user_id: user,
  };
  const metrics = Object.entries(modelOf(record)?.evaluation?.metrics ?? {}).flatMap(
    ([name, { value, low, high }]): [string, number][] => [
      [name, value],
      [`${name}.low`, low],
      [`${name}.high`, high],
    ],
  );
  return [
    { path: `${folder}/meta.yaml`, text: yaml(meta) },
    ...Object.entries(record.params).map(([name, value]) => ({
      path: `${folder}/params/${name}`,
      text: textOf(value),
    })),
    ...metrics.map(([name, value]) => ({
      path: `${folder}/metrics/${name}`,
      text: `${end.getTime()} ${value} 0\n`,
    })),
    ...Object.entries(tagsOf(record, user)).map(([name, text]) => ({ path: `${folder}/tags/${name}`, text })),
  ];
}

function tagsOf(record: RunRecord, user: string): Readonly<Record<string, string>> {
  const { code, model, data, environment } = record;
  const optional: readonly (readonly [string, string | undefined])[] = [
    ['mlflow.user', user === '' ? undefined : user],
    ['mlflow.note.content', record.description],
    ['mlflow.source.git.commit', code?.commit ?? undefined],
    ['mlflow.source.git.branch', code?.branch],
    ['trainyard.dirty', code === null ? undefined : String(code.dirty)],
    ['trainyard.model.step', model?.step],
    ['trainyard.model.digest', model?.digest],
    ['trainyard.main-metric', record.mainMetric],
    ...Object.entries(data).map(
      ([name, { fingerprint }]) => [`trainyard.data.${name}.fingerprint`, fingerprint] as const,
    ),
  ];
  return {
    'mlflow.runName': record.id,
    'mlflow.source.name': record.pipeline,
    'mlflow.source.type': 'LOCAL',
    'trainyard.status': record.status,
    'trainyard.verdict': record.verdict,
    'trainyard.trigger': record.trigger.kind,
    'trainyard.version': environment.trainyard,
    ...Object.fromEntries(optional.filter((entry): entry is [string, string] => entry[1] !== undefined)),
  };
}

/** Parameters are texts in MLflow: a text stays as it is, everything else is written as in JSON. */
function textOf(value: JsonScalar): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function yaml(value: unknown): string {
  return stringify(value, {
    version: '1.1',
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    lineWidth: 0,
  });
}
