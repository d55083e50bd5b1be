import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Digest } from '../../../src/base/index.ts';
import type { ColumnContract } from '../../../src/contract/index.ts';
import type { PredictionLogFile } from '../../../src/pipeline/index.ts';
import type { ServedVersion } from '../../../src/serve/fleet.ts';
import type { LogTrouble, PredictionLog, PredictionLogOptions } from '../../../src/serve/log/index.ts';
import { openPredictionLog } from '../../../src/serve/log/index.ts';
import type { AnswerEvent } from '../../../src/serve/observer.ts';

export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'trainyard-log-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export function column(name: string, more: Partial<ColumnContract> = {}): ColumnContract {
  return {
    name,
    type: 'number',
    required: false,
    unique: false,
    primaryKey: false,
    personal: false,
    ...more,
  };
}

export const patientColumns: readonly ColumnContract[] = [
  column('patient_id', { type: 'string', personal: true, maxLength: 40 }),
  column('birth', { type: 'date', personal: true }),
  column('age', { type: 'integer' }),
  column('oldpeak'),
  column('sex', { type: 'string', enum: ['male', 'female'] }),
  column('fasting', { type: 'boolean' }),
  column('seen', { type: 'timestamp' }),
];

export interface VersionOptions {
  readonly name?: string;
  readonly columns?: readonly ColumnContract[];
  /** Absent: a regression. */
  readonly classes?: readonly string[];
}

/** A version as a fleet has it, of which the log reads only the description. */
export function version({
  name = 'v1.0.0',
  columns = patientColumns,
  classes,
}: VersionOptions = {}): ServedVersion {
  const digest = `sha256:${'ab'.repeat(32)}` as Digest;
  const servable = {
    manifest: {
      version: 1,
      model: 'heart',
      modelVersion: name,
      digest,
      lineage: { run: '20261121-045839-2f8bbb18', commit: 'd8a459b' },
      columns,
      golden: [],
    },
    info: { task: classes === undefined ? 'regression' : 'classification', classes: classes ?? [] },
  };
  return { name, engine: { servable } } as unknown as ServedVersion;
}

let requests = 0;

/** An answer as the server tells its observers, somewhere in the middle of a batch. */
export function answer(of: ServedVersion, more: Partial<AnswerEvent> = {}): AnswerEvent {
  const { info } = of.engine.servable;
  const rows = more.rows ?? [
    { age: 63, oldpeak: 2.3, sex: 'male', fasting: true, seen: '2026-11-20T12:00:00.123456Z' },
  ];
  const width = info.classes.length;
  const total = rows.length + 2;
  const prediction =
    info.task === 'regression'
      ? ({
          task: 'regression',
          rows: total,
          values: Float64Array.from({ length: total }, (_, i) => i + 0.5),
        } as const)
      : ({
          task: 'classification',
          rows: total,
          classes: info.classes,
          labels: Int32Array.from({ length: total }, (_, i) => i % width),
          probabilities: Float64Array.from({ length: total * width }, () => 1 / width),
        } as const);
  return {
    requestId: `request-${requests++}`,
    model: 'heart',
    version: of,
    role: 'served',
    protocol: 'simple',
    rows,
    prediction,
    firstRow: 1,
    time: Date.UTC(2026, 10, 21, 9, 30),
    latency: 1.23456,
    ...more,
  };
}

export interface RiggedLog extends PredictionLog {
  readonly troubles: LogTrouble[];
}

export function openLog(
  root: string,
  settings: Partial<PredictionLogFile> = {},
  more: Partial<PredictionLogOptions> = {},
): RiggedLog {
  const troubles: LogTrouble[] = [];
  const file: PredictionLogFile = { to: 'file:log', ...settings };
  const log = openPredictionLog({
    root,
    env: {},
    settingsOf: () => file,
    now: () => Date.UTC(2026, 10, 21, 9, 30),
    random: () => 0.5,
    trouble: (trouble) => troubles.push(trouble),
    thread: () => new Worker(new URL('./log-thread.mjs', import.meta.url)),
    ...more,
  });
  return Object.assign(log, { troubles });
}

/** All files below a folder, sorted. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The lines of all segments that are not Parquet. */
export async function linesIn(folder: string): Promise<readonly Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  for (const file of await filesIn(folder)) {
    if (!/\.jsonl(\.open)?$/.test(file)) continue;
    const text = await readFile(file, 'utf8');
    lines.push(
      ...text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    );
  }
  return lines;
}

export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
