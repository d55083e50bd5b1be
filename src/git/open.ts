import type { Result } from '../base/index.ts';
import { success } from '../base/index.ts';
import { commitFiles, writeCommit } from './commit.ts';
import { filesOfCommit } from './commit-files.ts';
import type { GitContext } from './context.ts';
import { isDirty } from './dirty.ts';
import type { RepositoryFolders } from './discover.ts';
import { discover } from './discover.ts';
import type { GitFailure } from './failures.ts';
import { commitTimes, history, isShallow, mergeBase } from './history.ts';
import { loadLibrary } from './library.ts';
import { listFiles, readFile, readFiles } from './read.ts';
import { readEach } from './read-each.ts';
import { listRefs } from './refs.ts';
import { namedRemote } from './remotes/named.ts';
import type { Repository } from './repository.ts';
import { branchTip, defaultBranch, head, resolve } from './revisions.ts';
import { noSystemGit, systemGit } from './system.ts';
import { listTags, readTag, readTags, readTagsBelow } from './tags.ts';
import { updateRefs } from './update-refs.ts';
import { userOf } from './user.ts';
import { writeTag } from './write-tag.ts';

export interface OpenOptions {
  /** `auto` asks the `git` command where it is on the PATH, which is faster; `library` never starts a process. */
  readonly engine?: 'auto' | 'library';
  /** An exchange with a remote ends after so long. Default: 5 minutes. */
  readonly remoteTimeLimitMs?: number;
  /** For PATH, and for the author of commits. Default: that of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** The repository that a folder belongs to; `undefined` when it belongs to none. */
export async function openRepository(
  folder: string,
  options: OpenOptions = {},
): Promise<Result<Repository | undefined, GitFailure>> {
  const found = await discover(folder);
  if (!found.ok || found.value === undefined) return found as Result<undefined, GitFailure>;
  return success(openContext(contextOf(found.value, options)));
}

export function contextOf(folders: RepositoryFolders, options: OpenOptions): GitContext {
  const environment = options.environment ?? process.env;
  return {
    folders,
    environment,
    ...(options.remoteTimeLimitMs === undefined ? {} : { remoteTimeLimitMs: options.remoteTimeLimitMs }),
    library: loadLibrary(folders),
    system:
      options.engine === 'library'
        ? noSystemGit
        : systemGit(folders.workTree ?? folders.gitFolder, environment),
  };
}

export function openContext(context: GitContext): Repository {
  const { folders } = context;
  return {
    ...folders,
    isShallow: () => isShallow(folders),
    head: () => head(folders),
    isDirty: (dirtyOptions) => isDirty(context, dirtyOptions ?? {}),
    resolve: (revision) => resolve(context, revision),
    defaultBranch: () => defaultBranch(context),
    mergeBase: (one, other) => mergeBase(context, one, other),
    history: (commit, { limit }) => history(context, commit, limit),
    commitTimes: (commits) => commitTimes(context, commits),
    tip: (branch) => branchTip(folders, branch),
    listFiles: (branch, path) => listFiles(context, branch, path),
    filesOfCommit: (commit, paths) => filesOfCommit(context, commit, paths ?? []),
    readFiles: (files) => readFiles(context, files),
    readEach: (files, readOptions, visit) => readEach(context, files, readOptions, visit),
    readFile: (branch, path) => readFile(context, branch, path),
    listTags: (prefix) => listTags(folders, prefix),
    readTag: (name) => readTag(context, name),
    readTags: (prefix) => readTags(context, prefix),
    readTagsBelow: (prefix) => readTagsBelow(context, prefix),
    listRefs: async (prefix) => success(await listRefs(folders, prefix)),
    user: () => userOf(context),
    writeTag: (tag) => writeTag(context, tag),
    updateRefs: (updates) => updateRefs(context, updates),
    remote: (name = 'origin') => namedRemote(context, name),
    commitFiles: (branch, files, commitOptions) => commitFiles(context, branch, files, commitOptions),
    writeCommit: (draft) => writeCommit(context, draft),
  };
}
