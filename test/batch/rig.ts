import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOfBytes } from '../../src/base/index.ts';
import type { BatchJob, BatchReport, BatchWorld } from '../../src/batch/index.ts';
import { scoreBatch } from '../../src/batch/index.ts';
import type { ColumnContract } from '../../src/contract/index.ts';
import { buildModel, createGraphBuilder } from '../../src/onnx/index.ts';
import { writeServable } from '../../src/servable/index.ts';
import type { SqlSession } from '../../src/sql/index.ts';
import { openSession, writeCsv, writeParquet } from '../../src/sql/index.ts';
import { columnOf } from '../servable/sum-model.ts';

/** What the model of the rig answers: the probability of `yes` is 1 / (1 + e^-(a + number of the kind)). */
export const kinds: readonly string[] = ['low', 'middle', 'high'];

export const columns: readonly ColumnContract[] = [
  columnOf('id', { type: 'string', primaryKey: true, personal: true, pattern: '^P[0-9]+$' }),
  columnOf('a', { required: true, minimum: -10, maximum: 10 }),
  columnOf('kind', { type: 'string', enum: kinds }),
  columnOf('note', { type: 'string', maxLength: 20 }),
];

/** A folder with a model of two classes, for tests of batch scoring. */
export class Rig implements AsyncDisposable {
  readonly folder: string;
  readonly session: SqlSession;
  readonly servable: string;

  private constructor(folder: string, session: SqlSession) {
    this.folder = folder;
    this.session = session;
    this.servable = join(folder, 'servable');
  }

  static async open(): Promise<Rig> {
    const folder = await mkdtemp(join(tmpdir(), 'trainyard-batch-'));
    const rig = new Rig(folder, await openSession({ allowedPaths: [folder] }));
    await rig.writeModel('v1.0.0');
    await mkdir(rig.path('out'));
    return rig;
  }

  async writeModel(modelVersion: string): Promise<void> {
    const bytes = await twoClasses();
    const lineage = { run: '20261121-000000-00000001' };
    const parts = { model: 'risk', modelVersion, digest: digestOfBytes(bytes), lineage, columns };
    const written = await writeServable(this.servable, parts, bytes);
    if (!written.ok) throw new Error(written.failure.message);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async parquet(name: string, query: string): Promise<string> {
    await writeParquet(this.session, query, this.path(name));
    return name;
  }

  async csv(name: string, query: string): Promise<string> {
    await writeCsv(this.session, query, this.path(name));
    return name;
  }

  job(input: readonly string[], output: string, more: Partial<BatchJob> = {}): BatchJob {
    const isCsv = input[0]!.endsWith('.csv');
    return {
      servable: this.servable,
      files: input.map((shown) => ({ path: this.path(shown), shown })),
      format: isCsv ? 'csv' : 'parquet',
      output: this.path(output),
      outputFormat: output.endsWith('.csv') ? 'csv' : 'parquet',
      rejects: this.path(`${output}.rejects.jsonl`),
      rejectsFormat: 'jsonl',
      columns: 'all',
      prefix: '',
      maxRejects: 0,
      threads: 2,
      work: this.path(`${output}.parts`),
      ...more,
    };
  }

  async score(job: BatchJob, world: BatchWorld = {}): Promise<BatchReport> {
    const done = await scoreBatch(job, world);
    if (!done.ok) throw new Error(JSON.stringify(done.failure));
    return done.value;
  }

  async codes(job: BatchJob): Promise<readonly string[]> {
    const done = await scoreBatch(job);
    return done.ok ? [] : done.failure.map(({ code }) => code);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true });
  }
}

/** Rows that keep the contract: `from` up to `to`. */
export function goodRows(from: number, to: number): string {
  return `SELECT 'P' || i AS id, ((i * 7919) % 2000) / 100.0::DOUBLE - 10 AS a,
    CASE WHEN i % 11 = 0 THEN NULL ELSE ['low', 'middle', 'high'][1 + i % 3] END AS kind,
    CASE WHEN i % 5 = 0 THEN NULL ELSE 'note ' || i % 13 END AS note FROM range(${from}, ${to}) r(i)`;
}

/** As SQL, over the columns of the input. */
export const expectedYes: string = `1 / (1 + exp(-(a + coalesce(list_position(['low', 'middle', 'high'], kind), 0))))`;

async function twoClasses(): Promise<Uint8Array> {
  const graph = createGraphBuilder(['a', 'kind', 'note', 'probabilities']);
  const [number] = graph.node('LabelEncoder', ['kind'], {
    domain: 'ai.onnx.ml',
    attributes: {
      keys_strings: { kind: 'strings', values: kinds },
      values_floats: { kind: 'floats', values: [1, 2, 3] },
      default_float: { kind: 'float', value: 0 },
    },
  });
  const [double] = graph.node('Cast', [number!], { attributes: { to: { kind: 'int', value: 11 } } });
  // Read, so that it is an input, and worth nothing.
  const [length] = graph.node('LabelEncoder', ['note'], {
    domain: 'ai.onnx.ml',
    attributes: {
      keys_strings: { kind: 'strings', values: ['none of them'] },
      values_floats: { kind: 'floats', values: [0] },
      default_float: { kind: 'float', value: 0 },
    },
  });
  const [nothing] = graph.node('Cast', [length!], { attributes: { to: { kind: 'int', value: 11 } } });
  const [first] = graph.node('Add', ['a', double!]);
  const [score] = graph.node('Add', [first!, nothing!]);
  const [yes] = graph.node('Sigmoid', [score!]);
  const one = graph.constant('one', { type: 'double', dims: [1], values: Float64Array.of(1) });
  const [no] = graph.node('Sub', [one, yes!]);
  const [both] = graph.node('Concat', [no!, yes!], { attributes: { axis: { kind: 'int', value: 1 } } });
  return await buildModel({
    graph,
    inputs: [
      { name: 'a', type: 'double', shape: [null, 1] },
      { name: 'kind', type: 'string', shape: [null, 1] },
      { name: 'note', type: 'string', shape: [null, 1] },
    ],
    outputs: [{ name: 'probabilities', type: 'double', shape: [null, 2], from: both! }],
    metadata: { 'trainyard.task': 'classification', 'trainyard.classes': '["no","yes"]' },
  });
}
