import { join } from 'node:path';
import type { WalkerEntry } from 'isomorphic-git';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GitContext } from './context.ts';
import { discover } from './discover.ts';
import type { GitFailure } from './failures.ts';
import { gitIoFailed } from './failures.ts';
import { loadLibrary } from './library.ts';
import type { ObjectId } from './object-id.ts';
import { readRef } from './refs.ts';
import type { DirtyOptions } from './repository.ts';
import { systemGit } from './system.ts';

export async function isDirty(
  context: GitContext,
  options: DirtyOptions,
): Promise<Result<boolean, GitFailure>> {
  const { workTree } = context.folders;
  if (workTree === undefined) return success(false);
  const except = options.except ?? [];
  const output = await context.system.run([
    ...(await withoutFilters(context)),
    ...[
      'status',
      '--porcelain=v1',
      '-z',
      '--untracked-files=normal',
      '--no-renames',
      '--ignore-submodules=dirty',
    ],
    ...['--', '.', ...except.map((folder) => `:(top,literal,exclude)${folder}`)],
  ]);
  if (output?.exitCode === 0) {
    return output.stdout.length > 0 ? success(true) : await isAnySubmoduleDirty(context, workTree, except);
  }
  try {
    return success(await differs(context, workTree, except));
  } catch (error) {
    return failed(gitIoFailed('compare the work tree with its commit', error));
  }
}

/**
 * Git would run its own status inside of each submodule, with the filters that this one configures. So it only tells
 * whether another commit is checked out there, and each submodule is asked about like a repository of its own.
 */
async function isAnySubmoduleDirty(
  context: GitContext,
  workTree: string,
  except: readonly string[],
): Promise<Result<boolean, GitFailure>> {
  const output = await context.system.run(['ls-files', '--stage', '-z']);
  const entries = output?.exitCode === 0 ? output.stdout.toString('utf8').split('\0') : [];
  for (const entry of entries) {
    const path = /^160000 [0-9a-f]{40} [0-3]\t(.*)$/s.exec(entry)?.[1];
    if (path === undefined || except.includes(path.split('/')[0]!)) continue;
    const folder = join(workTree, path);
    const found = await discover(folder);
    if (!found.ok) return success(true);
    // Not fetched: nothing is there that could differ.
    if (found.value?.workTree !== folder) continue;
    const system = systemGit(folder, context.environment);
    const inside = { ...context, system, folders: found.value, library: loadLibrary(found.value) };
    const dirty = await isDirty(inside, {});
    if (!dirty.ok || dirty.value) return dirty;
  }
  return success(false);
}

/**
 * Filters are commands that Git runs to compare a file. Those that the repository itself configures came with the
 * folder, so they do not run; those of the user's own configuration (Git LFS) do.
 */
async function withoutFilters(context: GitContext): Promise<readonly string[]> {
  const asked = ['config', '--includes', '-z', '--name-only', '--get-regexp', '^filter\\.'];
  const scopes = await Promise.all(
    ['--local', '--worktree'].map((scope) =>
      context.system.run([...asked.slice(0, 1), scope, ...asked.slice(1)]),
    ),
  );
  const keys = scopes.flatMap((output) => output?.stdout.toString('utf8').split('\0') ?? []);
  const filters = new Set(keys.flatMap((key) => /^filter\.(.*)\.[^.]+$/s.exec(key)?.[1] ?? []));
  return [...filters].flatMap((filter) =>
    ['clean=', 'process=', 'required=false'].flatMap((value) => ['-c', `filter.${filter}.${value}`]),
  );
}

/**
 * The library's way: HEAD, the index and the files side by side, without refreshing the index. What Git configures
 * outside of the repository (a global ignore file, filters of Git LFS) is unknown to it.
 */
async function differs(context: GitContext, workTree: string, except: readonly string[]): Promise<boolean> {
  const { git, where } = await context.library();
  const { fs, gitdir, cache } = where;
  const modesCount = (await git.getConfig({ fs, gitdir, path: 'core.filemode' })) !== false;
  const unborn = (await readRef(context.folders, 'HEAD')) === undefined;
  let dirty = false;
  const map = async (path: string, entries: (WalkerEntry | null)[]): Promise<true | null> => {
    const [file, staged, committed] = entries as [WalkerEntry | null, WalkerEntry | null, WalkerEntry | null];
    if (path === '.') return true;
    if (dirty || except.includes(path)) return null;
    const tracked = Boolean(staged || committed);
    if (!tracked && (await git.isIgnored({ fs, dir: workTree, gitdir, filepath: path }))) return null;
    const types = await Promise.all([file?.type(), staged?.type(), committed?.type()]);
    if (types[1] === 'commit') {
      const same = types[2] === 'commit' && (await staged!.oid()) === (await committed!.oid());
      if (!same || (await submoduleDiffers(context, join(workTree, path), await staged!.oid()))) dirty = true;
      return null;
    }
    if (types.every((type) => type === undefined || type === 'tree')) return true;
    if (unborn || !(await isSame(file, staged, modesCount)) || !(await isSame(staged, committed, true))) {
      dirty = true;
    }
    return null;
  };
  const trees = [git.WORKDIR({ refresh: false }), git.STAGE()];
  if (!unborn) trees.push(git.TREE({ ref: 'HEAD' }));
  await git.walk({ fs, dir: workTree, gitdir, cache, trees, map });
  return dirty;
}

async function isSame(one: WalkerEntry | null, other: WalkerEntry | null, modes: boolean): Promise<boolean> {
  if (!one || !other) return !one && !other;
  if ((await one.type()) !== (await other.type()) || (await one.oid()) !== (await other.oid())) return false;
  return !modes || (await one.mode()) === (await other.mode());
}

async function submoduleDiffers(
  context: GitContext,
  folder: string,
  expected: ObjectId | undefined,
): Promise<boolean> {
  const found = await discover(folder);
  if (!found.ok) return true;
  // Not fetched: nothing is there that could differ.
  if (found.value?.workTree !== folder) return false;
  const inside: GitContext = { ...context, folders: found.value, library: loadLibrary(found.value) };
  return (await readRef(found.value, 'HEAD')) !== expected || (await differs(inside, folder, []));
}
