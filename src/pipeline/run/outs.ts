import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { outputFiles } from '../../steps/index.ts';
import type { Store } from '../../store/index.ts';
import type { Artifact } from '../cache.ts';
import type { StatCache } from '../plan/stat-cache.ts';
import type { Work } from '../plan.ts';
import { metricsInvalid, modelNotOnnx, outMissing, outNotAFile, outOutside, stepBroken } from './failures.ts';

/** The files that a step writes into its folder, by the name of the output, relative to the folder with `/`. */
export function filesOfWork(work: Work): Readonly<Record<string, string>> {
  return work.kind === 'builtin' ? outputFiles(work.request) : work.outs;
}

export interface Collection {
  readonly work: Work;
  readonly folder: string;
  readonly store: Store;
  readonly files: StatCache;
  /** A rejected step may have left some of its outputs only. */
  readonly partial: boolean;
}

/** Checks the outputs of a step that has ended and takes them into the store. */
export async function collectOutputs(collection: Collection): Promise<Result<readonly Artifact[], Failure>> {
  const { work, folder, store, files, partial } = collection;
  const outputs: Artifact[] = [];
  for (const [name, relative] of Object.entries(filesOfWork(work))) {
    const file = path.join(folder, relative);
    if (partial && (await lstat(file).catch(() => undefined)) === undefined) continue;
    const problem = await problemOf({ work, folder, name, relative });
    if (problem !== undefined) return failed(problem);
    const content = work.kind === 'command' ? await contentProblem(name, file, relative) : undefined;
    if (content !== undefined) return failed(content);
    const stored = await store.putFile(file);
    if (!stored.ok) return stored;
    const { digest, bytes } = stored.value;
    if (store.path !== undefined) files.note(store.path(digest), digest);
    outputs.push({ name, digest, bytes });
  }
  return success(outputs);
}

interface Place extends Pick<Collection, 'work' | 'folder'> {
  readonly name: string;
  readonly relative: string;
}

async function problemOf({ work, folder, name, relative }: Place): Promise<Failure | undefined> {
  const file = path.join(folder, relative);
  const stats = await lstat(file).catch(() => undefined);
  const real = stats === undefined ? undefined : await realpath(file).catch(() => undefined);
  if (stats === undefined || real === undefined) {
    if (work.kind === 'builtin') return stepBroken(work.request.uses, `it did not write ${relative}`);
    return outMissing(name, relative, await writtenFiles(folder));
  }
  const home = await realpath(folder);
  if (!real.startsWith(home + path.sep)) return outOutside(name, relative);
  const target = stats.isSymbolicLink() ? await lstat(real).catch(() => undefined) : stats;
  return target?.isFile() === true ? undefined : outNotAFile(name, relative);
}

async function writtenFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

/** Outputs whose names have a meaning are what their name says. */
async function contentProblem(name: string, file: string, relative: string): Promise<Failure | undefined> {
  if (name === 'model') {
    const { readModel } = await import('../../onnx/index.ts');
    const model = readModel(await readFile(file));
    return model.ok ? undefined : modelNotOnnx(relative, model.failure);
  }
  if (name !== 'metrics') return undefined;
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined;
    return metricsInvalid(relative, 'it is not an object');
  } catch (cause) {
    return metricsInvalid(relative, cause instanceof Error ? cause.message : String(cause));
  }
}
