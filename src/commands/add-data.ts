import { mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { addRows } from '../data/index.ts';
import type { Effects } from './effects.ts';
import { datasetUnknown } from './failures.ts';
import { openPipeline, openProject } from './open-project.ts';
import { incomingFile } from './receive/bring.ts';
import { dataLarge, fileUnreadable } from './receive/failures.ts';

export interface AddDataOptions {
  readonly pipeline: string;
  readonly dataset: string;
  /** CSV with the delimiter of the dataset, lines of JSON, or Parquet. */
  readonly file: string;
  readonly dryRun?: boolean;
}

export interface AddDataReport {
  readonly taken: number;
  readonly skipped: number;
  readonly total: number;
  /** That was written, or would be, relative to the root; absent when every row was there. */
  readonly path?: string;
}

/** No larger file takes rows: what is larger need not be read and judged to be refused. */
const mostBytes = 30 * 2 ** 20;

/** Rows of a file into a dataset of the work tree: judged as those of an event are, and committed by nobody. */
export async function addData(
  { pipeline: name, dataset, file, dryRun }: AddDataOptions,
  effects: Pick<Effects, 'cwd' | 'env' | 'machine'>,
): Promise<Result<AddDataReport, readonly Failure[]>> {
  const opened = await openProject(effects);
  if (!opened.ok) return opened;
  const { root } = opened.value;
  const pipeline = await openPipeline(root, name);
  if (!pipeline.ok) return pipeline;
  const spec = pipeline.value.datasets.get(dataset);
  if (spec === undefined) return failed([datasetUnknown(dataset, [...pipeline.value.datasets.keys()])]);
  let bytes: Uint8Array;
  try {
    const { size } = await stat(resolve(effects.cwd, file));
    if (size > mostBytes) return failed([dataLarge(file, size, mostBytes)]);
    bytes = await readFile(resolve(effects.cwd, file));
  } catch (cause) {
    return failed([fileUnreadable(file, cause)]);
  }
  const incoming = incomingFile({ name: file, type: '', shown: file, bytes });
  if (!incoming.ok) return failed([incoming.failure]);
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'trainyard-add-')));
  try {
    const { cpus: threads } = effects.machine;
    const added = await addRows({ dataset: spec, root, incoming: incoming.value, folder, threads });
    if (!added.ok) return added;
    const { file: written, ...counts } = added.value;
    if (written !== undefined && dryRun !== true) await writeFile(join(root, written.path), written.bytes);
    return success({ ...counts, ...(written === undefined ? {} : { path: written.path }) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
