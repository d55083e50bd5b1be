import { chmod, mkdir, readlink, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, sep } from 'node:path';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { CommittedFile, Repository } from '../../git/index.ts';
import { pathUnsafe, reproductionCancelled, reproductionIoFailed } from './failures.ts';
import { isSafePath } from './safe-path.ts';

export interface CheckOutOptions {
  readonly repository: Repository;
  readonly commit: string;
  /** Empty. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Read at one time: enough that starting a process does not count, little enough to be held. */
const batchBytes = 32 * 1024 * 1024;
const batchFiles = 1_000;

/**
 * Lays out the files of a commit in a folder: their bytes as Git holds them, without the filters, hooks and line endings
 * of a checkout, and without a look at the work tree. Links that would lead out of the folder and submodules are left
 * out. Gives what was left out, as sentences.
 */
export async function checkOut(options: CheckOutOptions): Promise<Result<readonly string[], Failure>> {
  const { repository, commit, folder, signal } = options;
  const listed = await repository.filesOfCommit(commit);
  if (!listed.ok) return listed;
  const unsafe = listed.value.find(({ path }) => !isSafePath(path));
  if (unsafe !== undefined) return failed(pathUnsafe(unsafe.path, `The commit ${commit.slice(0, 7)}`));
  const plain = listed.value.filter(({ kind }) => kind === 'file' || kind === 'executable');
  const links = listed.value.filter(({ kind }) => kind === 'link');
  const submodules = listed.value.filter(({ kind }) => kind === 'submodule');
  try {
    for (const batch of batchesOf(plain)) {
      if (signal.aborted) return failed(reproductionCancelled());
      const contents = await contentsOf(repository, batch);
      if (!contents.ok) return contents;
      for (const [i, file] of batch.entries()) await writeFileOf(folder, file, contents.value[i]!);
    }
    for (const { path } of submodules) await mkdir(join(folder, path), { recursive: true });
    const targets = await contentsOf(repository, links);
    if (!targets.ok) return targets;
    // Links come last, so that no file is written through one.
    const left = await layLinks(
      folder,
      links,
      targets.value.map((bytes) => Buffer.from(bytes).toString('utf8')),
    );
    return success([
      ...left.map((path) => `the link ${path} leads out of the repository and was left out`),
      ...submodules.map(({ path }) => `the submodule ${path} was left empty`),
    ]);
  } catch (cause) {
    return failed(reproductionIoFailed(`lay out the commit ${commit.slice(0, 7)} in ${folder}`, cause));
  }
}

function* batchesOf(files: readonly CommittedFile[]): Generator<readonly CommittedFile[]> {
  let batch: CommittedFile[] = [];
  let bytes = 0;
  for (const file of files) {
    const size = file.bytes ?? batchBytes / 32;
    if (batch.length > 0 && (batch.length === batchFiles || bytes + size > batchBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function contentsOf(
  repository: Repository,
  files: readonly CommittedFile[],
): ReturnType<Repository['readFiles']> {
  return repository.readFiles(files.map(({ path, id }) => ({ path, blob: id })));
}

async function writeFileOf(folder: string, { path, kind }: CommittedFile, bytes: Uint8Array): Promise<void> {
  const target = join(folder, ...path.split('/'));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, bytes, { flag: 'wx' });
  if (kind === 'executable') await chmod(target, 0o755);
}

/** Makes the links, and takes those away again that lead out of the folder: by themselves, or through another one. */
async function layLinks(
  folder: string,
  links: readonly CommittedFile[],
  targets: readonly string[],
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const [i, { path }] of links.entries()) {
    if (isAbsolute(targets[i]!)) left.push(path);
    else {
      const link = join(folder, ...path.split('/'));
      await mkdir(dirname(link), { recursive: true });
      await symlink(targets[i]!, link);
    }
  }
  const made = links.map(({ path }) => path).filter((path) => !left.includes(path));
  const root = await realpath(folder);
  for (const path of made) {
    const link = join(folder, ...path.split('/'));
    if (await staysBelow(root, link)) continue;
    await rm(link);
    left.push(path);
  }
  return left.sort();
}

/** Of a link to something that is not there, nobody can say; it leads nowhere, and so it can go. */
async function staysBelow(root: string, link: string): Promise<boolean> {
  await readlink(link);
  const real = await realpath(link).catch(() => undefined);
  return real !== undefined && (real === root || real.startsWith(root + sep));
}
