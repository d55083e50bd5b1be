import type { Result } from '../base/index.ts';
import { success } from '../base/index.ts';
import type { GitContext } from './context.ts';
import type { RepositoryFolders } from './discover.ts';
import type { GitFailure } from './failures.ts';
import type { ObjectId } from './object-id.ts';
import { withLibrary } from './objects.ts';
import { readRef, readSymbolicRef } from './refs.ts';
import type { Head } from './repository.ts';

export async function head(folders: RepositoryFolders): Promise<Result<Head, GitFailure>> {
  const target = await readSymbolicRef(folders, 'HEAD');
  return success({
    commit: await readRef(folders, 'HEAD'),
    branch: target?.startsWith('refs/heads/') ? target.slice('refs/heads/'.length) : undefined,
  });
}

/** The newest commit of a branch; where there is only the remote's (a fresh clone), that one. An id stands for itself. */
export async function branchTip(folders: RepositoryFolders, branch: string): Promise<ObjectId | undefined> {
  if (/^[0-9a-f]{40}$/.test(branch)) return branch;
  return (
    (await readRef(folders, `refs/heads/${branch}`)) ??
    (await readRef(folders, `refs/remotes/origin/${branch}`))
  );
}

export async function resolve(
  context: GitContext,
  revision: string,
): Promise<Result<ObjectId | undefined, GitFailure>> {
  if (revision === '' || revision.startsWith('-')) return success(undefined);
  const output = await context.system.run(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]);
  if (output?.exitCode === 0) return success(output.stdout.toString('latin1').trim());
  if (output?.exitCode === 1) return success(undefined);
  for (const name of candidates(revision)) {
    const id = /^[0-9a-f]{40}$/.test(name) ? name : await readRef(context.folders, name);
    if (id === undefined) continue;
    const commit = await withLibrary(context, revision, ({ git, where }) =>
      git.readCommit({ ...where, oid: id }),
    );
    // A tag of something that is no commit, or an id that is not here, stands for no commit.
    return success(commit.ok ? commit.value.oid : undefined);
  }
  return success(undefined);
}

/** In the order in which Git looks names up. */
function candidates(revision: string): readonly string[] {
  return [
    revision,
    `refs/${revision}`,
    `refs/tags/${revision}`,
    `refs/heads/${revision}`,
    `refs/remotes/${revision}`,
    `refs/remotes/${revision}/HEAD`,
  ].filter((name) => !name.split('/').includes('..'));
}

export async function defaultBranch(
  context: GitContext,
): Promise<Result<{ readonly name: string; readonly commit: ObjectId } | undefined, GitFailure>> {
  const remote = 'refs/remotes/origin/';
  const told = await readSymbolicRef(context.folders, `${remote}HEAD`);
  const names = [told?.startsWith(remote) ? told.slice(remote.length) : undefined, 'main', 'master'];
  for (const name of names) {
    if (name === undefined) continue;
    // The remote's state counts before a local branch of the name, which may be old or hold unpushed work.
    const commit =
      (await readRef(context.folders, `${remote}${name}`)) ??
      (await readRef(context.folders, `refs/heads/${name}`));
    if (commit !== undefined) return success({ name, commit });
  }
  return success(undefined);
}
