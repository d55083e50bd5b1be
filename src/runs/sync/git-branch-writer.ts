import type { Failure, Result } from '../../base/index.ts';
import { digestOfBytes, failed, success } from '../../base/index.ts';
import type {
  BranchWriter,
  CommitNote,
  Grown,
  NewFile,
  ObjectId,
  Patience,
  Remote,
  Repository,
  TreeFile,
} from '../../git/index.ts';
import { pauseBefore } from '../../git/index.ts';
import { clash, overtaken } from './failures.ts';

/** Adds files to a branch on a remote without a local branch: what the API of a forge does, over Git. */
export function gitBranchWriter(options: {
  readonly repository: Repository;
  readonly remote: Remote;
  readonly branch: string;
  readonly patience: Patience;
}): BranchWriter {
  const { remote, branch, patience } = options;
  return {
    place: `the branch ${branch} of ${remote.url}`,
    append: async (files, note) => {
      for (let attempt = 0; attempt < patience.tries; attempt++) {
        if (attempt > 0) await patience.sleep(pauseBefore(attempt - 1, patience));
        const grown = await tryOnce(options, files, note);
        if (!grown.ok || grown.value !== undefined) return grown as Result<Grown, Failure>;
      }
      return failed(overtaken(`the branch ${branch} of ${remote.url}`, patience.tries));
    },
  };
}

async function tryOnce(
  { repository, remote, branch }: Parameters<typeof gitBranchWriter>[0],
  files: readonly NewFile[],
  note: CommitNote,
): Promise<Result<Grown | undefined, Failure>> {
  const ref = `refs/heads/${branch}`;
  // Outside of what people look at, and of what another writer of this clone moves at the same time.
  const seen = `refs/trainyard/seen/${digestOfBytes(remote.url).slice(7, 19)}/${branch}`;
  const listed = await remote.list([ref]);
  if (!listed.ok) return listed;
  const tip = listed.value.find(({ name }) => name === ref)?.id;
  if (tip !== undefined) {
    const fetched = await remote.fetch([{ from: ref, to: seen }]);
    if (!fetched.ok) return fetched;
  }
  const missing = await filesThatAreNotThere(repository, branch, tip, files);
  if (!missing.ok) return missing;
  if (missing.value.length === 0) return success({ commit: tip, added: 0 });
  const commit = await repository.writeCommit({ parent: tip, add: missing.value, ...note });
  if (!commit.ok) return commit;
  const pushed = await remote.push([{ ref, before: tip, after: commit.value }]);
  if (!pushed.ok) return pushed;
  return success(
    pushed.value.kind === 'lost' ? undefined : { commit: commit.value, added: missing.value.length },
  );
}

async function filesThatAreNotThere(
  repository: Repository,
  branch: string,
  tip: ObjectId | undefined,
  files: readonly NewFile[],
): Promise<Result<readonly NewFile[], Failure>> {
  if (tip === undefined) return success(files);
  const listed = await repository.listFiles(tip, '');
  if (!listed.ok) return listed;
  const there = new Map(listed.value.map((file) => [file.path, file]));
  const same = files.flatMap((file): [NewFile, TreeFile][] => {
    const found = there.get(file.path);
    return found === undefined ? [] : [[file, found]];
  });
  const contents = await repository.readFiles(same.map(([, found]) => found));
  if (!contents.ok) return contents;
  const changed = same.filter(([file], i) => Buffer.compare(file.bytes, contents.value[i]!) !== 0);
  if (changed.length > 0) {
    return failed(
      clash(
        branch,
        changed.map(([{ path }]) => path),
      ),
    );
  }
  return success(files.filter(({ path }) => !there.has(path)));
}
