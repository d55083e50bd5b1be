import { join } from 'node:path';
import { digestOfBytes } from '../../base/index.ts';
import type { DataFile } from '../../data/index.ts';
import type { Repository } from '../../git/index.ts';
import type { Pipeline } from '../../pipeline/index.ts';
import type { Store } from '../../store/index.ts';
import type { RunRecord } from '../record.ts';
import { projectPath } from './reproduction-folder.ts';

/** Together no more than this is kept without being asked for: 1 GiB. */
export const keptBytesAtMost: number = 1024 ** 3;

export interface KeepOptions {
  readonly pipeline: Pipeline;
  readonly record: Pick<RunRecord, 'data' | 'code' | 'status'>;
  readonly repository: Repository | undefined;
  readonly store: Store;
}

/** Which source files a run put into the store, and why others can be fetched from nowhere but their place. */
export interface KeptSources {
  /** Newly stored. */
  readonly kept: readonly DataFile[];
  /** One sentence a dataset. */
  readonly notes: readonly string[];
}

/**
 * Keeps the source files that Git does not hold, by their digest, so that the run can be made again when the files have
 * changed. `keep: false` on a dataset says that its files stay where they are; `keep: true` that they are kept whatever
 * their size; without it, all such files are kept when together they are at most 1 GiB.
 */
export async function keepSources(options: KeepOptions): Promise<KeptSources> {
  const { pipeline, record, store } = options;
  // Whoever interrupts does not want to wait for copies.
  if (record.status === 'cancelled') return { kept: [], notes: [] };
  const missing: { readonly dataset: string; readonly files: readonly DataFile[] }[] = [];
  for (const [dataset, { files }] of Object.entries(record.data)) {
    if (pipeline.file.data?.[dataset]?.keep === false) continue;
    const unstored: DataFile[] = [];
    for (const file of files) if (!(await store.has(file.digest))) unstored.push(file);
    if (unstored.length > 0) missing.push({ dataset, files: unstored });
  }
  if (missing.length === 0) return { kept: [], notes: [] };
  const held = await heldByGit(
    options,
    missing.flatMap(({ files }) => files),
  );
  const open = missing.map(({ dataset, files }) => ({
    dataset,
    files: files.filter(({ path }) => !held.has(path)),
  }));
  const isAsked = (dataset: string): boolean => pipeline.file.data?.[dataset]?.keep === true;
  const unasked = open.filter(({ dataset }) => !isAsked(dataset)).flatMap(({ files }) => files);
  const isLarge = unasked.reduce((sum, { bytes }) => sum + bytes, 0) > keptBytesAtMost;
  const kept: DataFile[] = [];
  const notes: string[] = [];
  for (const { dataset, files } of open) {
    if (files.length > 0 && isLarge && !isAsked(dataset)) {
      notes.push(
        `the files of the dataset ${dataset} are in no commit and, with more than 1 GiB, were not kept: set "keep: true" on it, or "keep: false" to say that they stay where they are`,
      );
      continue;
    }
    for (const file of files) {
      const problem = await keep(file, options);
      if (problem === undefined) kept.push(file);
      else notes.push(`${file.path} was not kept: ${problem}`);
    }
  }
  return { kept, notes };
}

async function keep(file: DataFile, { pipeline, store }: KeepOptions): Promise<string | undefined> {
  const stored = await store.putFile(join(pipeline.root, ...file.path.split('/')));
  if (!stored.ok) return stored.failure.message;
  return stored.value.digest === file.digest ? undefined : 'it changed while the pipeline ran';
}

/**
 * Paths of the files whose bytes the commit has. Of a tracked file in a clean work tree that is known, unless a filter
 * or line endings stand between (then the sizes differ); in any other work tree, the bytes are compared.
 */
async function heldByGit(
  { pipeline, record, repository }: KeepOptions,
  files: readonly DataFile[],
): Promise<ReadonlySet<string>> {
  const commit = record.code?.commit;
  if (repository === undefined || commit === undefined || commit === null) return new Set();
  const prefix = await projectPath(repository.workTree, pipeline.root);
  const inTree = ({ path }: DataFile): string => (prefix === '' ? path : `${prefix}/${path}`);
  const paths = files.map(inTree);
  // The command line of a process has an end: for many files, the whole tree is asked for.
  const listed = await repository.filesOfCommit(commit, paths.join().length > 50_000 ? [] : paths);
  const tracked = new Map(listed.ok ? listed.value.map((file) => [file.path, file]) : []);
  const held = new Set<string>();
  for (const file of files) {
    const entry = tracked.get(inTree(file));
    if (entry === undefined || (entry.bytes ?? file.bytes) !== file.bytes) continue;
    if (record.code?.dirty !== false || entry.bytes === undefined) {
      const read = await repository.readFiles([{ path: entry.path, blob: entry.id }]);
      if (!read.ok || digestOfBytes(read.value[0]!) !== file.digest) continue;
    }
    held.add(file.path);
  }
  return held;
}
