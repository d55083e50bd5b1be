import type { Failure, Result } from '../../base/index.ts';
import { digestOfBytes, failed, success } from '../../base/index.ts';
import type { ObjectId, Patience, Remote, Repository } from '../../git/index.ts';
import { pauseBefore } from '../../git/index.ts';
import type { RenderedFile } from '../deployment.ts';
import { branchBusy } from '../failures.ts';

/** What has to happen to the files of the branch. */
export interface BranchChange {
  readonly write: readonly RenderedFile[];
  readonly remove: readonly string[];
}

/** The branch at one commit, for whoever decides what is to change. */
export interface BranchView {
  /** `undefined` before the first deployment. */
  readonly tip: ObjectId | undefined;
  /** Sorted. */
  readonly paths: readonly string[];
  read(path: string): Promise<Result<string | undefined, Failure>>;
}

export interface Written {
  /** The tip of the branch after it. */
  readonly commit: ObjectId | undefined;
  /** Paths that are other than before; none when everything was so already. */
  readonly changed: readonly string[];
}

export interface BranchNote {
  readonly message: string;
  readonly time: Date;
}

/** A branch whose every commit holds all that runs in a stage. */
export interface DeployBranch {
  /** For people. */
  readonly place: string;
  /**
   * Changes files in one commit, by compare-and-swap: when another writer was faster, the change is decided anew on
   * what that one wrote. What is so already makes no commit.
   */
  update(
    decide: (view: BranchView) => Promise<Result<BranchChange, Failure>>,
    note: BranchNote,
  ): Promise<Result<Written, Failure>>;
  /** As it is now, for whoever only wants to see what would change. */
  view(): Promise<Result<BranchView, Failure>>;
}

export interface DeployBranchOptions {
  readonly repository: Repository;
  /** Where the truth is, when it is not in the repository itself. */
  readonly remote: Remote | undefined;
  /** `deploy/production` */
  readonly branch: string;
  readonly patience: Patience;
}

export function openDeployBranch(options: DeployBranchOptions): DeployBranch {
  const { remote, branch, patience } = options;
  const place = remote === undefined ? `the branch ${branch}` : `the branch ${branch} of ${remote.url}`;
  return {
    place,
    view: async () => {
      const tip = await tipOf(options);
      return tip.ok ? await viewOf(options.repository, tip.value.at) : tip;
    },
    update: async (decide, note) => {
      for (let attempt = 0; attempt < patience.tries; attempt++) {
        if (attempt > 0) await patience.sleep(pauseBefore(attempt - 1, patience));
        const written = await tryOnce(options, decide, note);
        if (!written.ok || written.value !== undefined) return written as Result<Written, Failure>;
      }
      return failed(branchBusy(place, patience.tries));
    },
  };
}

/** What the branch is where it counts, and the commit that the next one stands on. */
interface Tip {
  readonly before: ObjectId | undefined;
  readonly at: ObjectId | undefined;
}

async function tipOf({ repository, remote, branch }: DeployBranchOptions): Promise<Result<Tip, Failure>> {
  const local = await localTip(repository, branch);
  if (!local.ok) return local;
  if (remote === undefined) return success({ before: local.value, at: local.value });
  const ref = `refs/heads/${branch}`;
  // Outside of what people look at, and of what another writer of this clone moves at the same time.
  const seen = `refs/trainyard/seen/${digestOfBytes(remote.url).slice(7, 19)}/${branch}`;
  const listed = await remote.list([ref]);
  if (!listed.ok) return listed;
  const there = listed.value.find(({ name }) => name === ref)?.id;
  // Deployments from before there was a remote go there with the next one.
  if (there === undefined) return success({ before: undefined, at: local.value });
  const fetched = await remote.fetch([{ from: ref, to: seen }]);
  return fetched.ok ? success({ before: there, at: there }) : fetched;
}

async function localTip(
  repository: Repository,
  branch: string,
): Promise<Result<ObjectId | undefined, Failure>> {
  const ref = `refs/heads/${branch}`;
  const refs = await repository.listRefs(ref);
  return refs.ok ? success(refs.value.find(({ name }) => name === ref)?.id) : refs;
}

async function viewOf(
  repository: Repository,
  tip: ObjectId | undefined,
): Promise<Result<BranchView, Failure>> {
  if (tip === undefined) return success({ tip, paths: [], read: async () => success(undefined) });
  const listed = await repository.listFiles(tip, '');
  if (!listed.ok) return listed;
  const files = new Map(listed.value.map((file) => [file.path, file]));
  return success({
    tip,
    paths: [...files.keys()],
    read: async (path) => {
      const file = files.get(path);
      if (file === undefined) return success(undefined);
      const read = await repository.readFiles([file]);
      return read.ok ? success(Buffer.from(read.value[0]!).toString('utf8')) : read;
    },
  });
}

async function tryOnce(
  options: DeployBranchOptions,
  decide: (view: BranchView) => Promise<Result<BranchChange, Failure>>,
  note: BranchNote,
): Promise<Result<Written | undefined, Failure>> {
  const { repository, remote, branch } = options;
  const tip = await tipOf(options);
  if (!tip.ok) return tip;
  const view = await viewOf(repository, tip.value.at);
  if (!view.ok) return view;
  const decided = await decide(view.value);
  if (!decided.ok) return decided;
  const change = await differences(view.value, decided.value);
  if (!change.ok) return change;
  const { write, remove } = change.value;
  const changed = [...write.map(({ path }) => path), ...remove].sort();
  if (changed.length === 0) {
    if (remote !== undefined) await followRemote(repository, branch, tip.value.before);
    return success({ commit: view.value.tip, changed });
  }
  const commit = await repository.writeCommit({
    parent: view.value.tip,
    add: write.map(({ path, text }) => ({ path, bytes: Buffer.from(text) })),
    remove,
    ...note,
  });
  if (!commit.ok) return commit;
  const update = { ref: `refs/heads/${branch}`, before: tip.value.before, after: commit.value };
  const moved = await (remote ?? { push: repository.updateRefs.bind(repository) }).push([update]);
  if (!moved.ok) return moved;
  if (moved.value.kind === 'lost') return success(undefined);
  if (remote !== undefined) await followRemote(repository, branch, commit.value);
  return success({ commit: commit.value, changed });
}

/** Without what is so already. */
async function differences(
  view: BranchView,
  { write, remove }: BranchChange,
): Promise<Result<BranchChange, Failure>> {
  const there = new Set(view.paths);
  const changed: RenderedFile[] = [];
  for (const file of write) {
    const before = there.has(file.path) ? await view.read(file.path) : success(undefined);
    if (!before.ok) return before;
    if (before.value !== file.text) changed.push(file);
  }
  return success({ write: changed, remove: remove.filter((path) => there.has(path)) });
}

/** The branch of this clone goes along with the remote's, unless somebody has committed to it here: that stays. */
async function followRemote(repository: Repository, branch: string, to: ObjectId | undefined): Promise<void> {
  const local = await localTip(repository, branch);
  if (!local.ok || to === undefined || local.value === to) return;
  if (local.value !== undefined) {
    const base = await repository.mergeBase(local.value, to);
    const isBehind = base.ok && base.value.kind === 'found' && base.value.commit === local.value;
    if (!isBehind) return;
  }
  // Only a copy: what could not be moved now, the next deployment moves.
  await repository.updateRefs([{ ref: `refs/heads/${branch}`, before: local.value, after: to }]);
}
