import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Digest, Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { DataFile } from '../../data/index.ts';
import { digestFile } from '../../data/index.ts';
import type { Store } from '../../store/index.ts';
import type { RunRecord } from '../record.ts';
import { dataMissing, pathUnsafe, reproductionCancelled, reproductionIoFailed } from './failures.ts';
import { insideOf, isSafePath } from './safe-path.ts';

/** Where the bytes of a file came from. */
export interface BroughtFile {
  readonly dataset: string;
  readonly path: string;
  readonly digest: Digest;
  readonly from: 'commit' | 'work-tree' | 'store';
}

export interface BringOptions {
  readonly data: RunRecord['data'];
  /** Root of the project as its commit has it. */
  readonly to: string;
  /** Root of the project in the work tree. */
  readonly workRoot: string;
  readonly store: Store;
  readonly signal: AbortSignal;
}

/**
 * Puts every file that the run read at its place, by its digest: what the commit has there stays when it is that; else
 * a copy from the work tree, when it still is that; else from the store. Every file that nobody has is a failure.
 */
export async function bringData(
  options: BringOptions,
): Promise<Result<readonly BroughtFile[], readonly Failure[]>> {
  const brought: BroughtFile[] = [];
  const failures: Failure[] = [];
  for (const [dataset, { files }] of Object.entries(options.data)) {
    for (const file of files) {
      if (options.signal.aborted) return failed([reproductionCancelled()]);
      const found = await bring(dataset, file, options);
      if (found.ok) brought.push({ dataset, path: file.path, digest: file.digest, from: found.value });
      else failures.push(found.failure);
    }
  }
  return failures.length === 0 ? success(brought) : failed(failures);
}

async function bring(
  dataset: string,
  file: DataFile,
  { to, workRoot, store }: BringOptions,
): Promise<Result<BroughtFile['from'], Failure>> {
  const { path, digest } = file;
  // Records come from a branch that others write to.
  const target = isSafePath(path) ? await insideOf(to, path) : undefined;
  if (target === undefined) return failed(pathUnsafe(path, 'The record'));
  try {
    if ((await digestOf(target)) === digest) return success('commit');
    if ((await lstat(target).catch(() => undefined))?.isSymbolicLink() === true) await rm(target);
    await mkdir(dirname(target), { recursive: true });
    const source = join(workRoot, ...path.split('/'));
    if ((await digestOf(source)) === digest) {
      await copyFile(source, target, constants.COPYFILE_FICLONE);
      // Of the copy, not of a file that somebody may be writing to.
      if ((await digestFile(target)) === digest) return success('work-tree');
    }
    if (!(await store.has(digest))) return failed(dataMissing(dataset, file));
    const copied = await store.copyTo(digest, target);
    return copied.ok ? success('store') : copied;
  } catch (cause) {
    return failed(reproductionIoFailed(`bring ${path}`, cause));
  }
}

/** `undefined` where there is no file. */
async function digestOf(path: string): Promise<Digest | undefined> {
  return await digestFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP'].includes(cause.code ?? '')) return undefined;
    throw cause;
  });
}
