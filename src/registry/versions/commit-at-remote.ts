import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { GitFailure, ObjectId, Ref, Remote, Repository } from '../../git/index.ts';
import { commitUnpublished, historyUnknown } from './failures.ts';

const heads = 'refs/heads/';
const known = 'refs/remotes/origin/';

export interface PublishedQuestion {
  readonly repository: Repository;
  readonly remote: Remote;
  readonly commit: ObjectId;
  /** Where the commit was made, if that is known: asked first. */
  readonly branch: string | undefined;
  /** Branches of bytes and records, which hold no code. */
  readonly except: readonly string[];
}

/**
 * A tag would carry any commit to the remote; a version has to be of code that others can see on a branch. Branches that
 * have moved there are fetched, as `git fetch` does, until one holds the commit.
 */
export async function publishedCommit(
  question: PublishedQuestion,
): Promise<Result<void, GitFailure | Failure>> {
  const { repository, remote, commit, branch, except } = question;
  const listed = await remote.list([heads]);
  if (!listed.ok) return listed;
  if (listed.value.some(({ id }) => id === commit)) return success(undefined);
  const branches = listed.value
    .filter(({ name }) => !except.includes(name.slice(heads.length)))
    .sort((a, b) => rank(a, branch) - rank(b, branch));
  let isUnknown = false;
  for (const [i, ref] of branches.entries()) {
    const held = await holds(repository, remote, ref, commit);
    if (!held.ok) return held;
    if (held.value === 'yes') return success(undefined);
    isUnknown ||= held.value === 'unknown';
    // Beyond that many nobody waits for an answer.
    if (i >= 200) break;
  }
  return failed(isUnknown ? historyUnknown(commit) : commitUnpublished(commit, remote.url));
}

function rank({ name }: Ref, branch: string | undefined): number {
  const short = name.slice(heads.length);
  if (short === branch) return 0;
  return short === 'main' || short === 'master' ? 1 : 2;
}

async function holds(
  repository: Repository,
  remote: Remote,
  ref: Ref,
  commit: ObjectId,
): Promise<Result<'yes' | 'no' | 'unknown', GitFailure>> {
  const tracking = `${known}${ref.name.slice(heads.length)}`;
  const here = await repository.listRefs(tracking);
  if (!here.ok) return here;
  if (here.value.find(({ name }) => name === tracking)?.id !== ref.id) {
    const fetched = await remote.fetch([{ from: ref.name, to: tracking }]);
    if (!fetched.ok) return fetched;
  }
  const base = await repository.mergeBase(commit, ref.id);
  if (!base.ok) return base;
  if (base.value.kind === 'unknown') return success('unknown');
  return success(base.value.kind === 'found' && base.value.commit === commit ? 'yes' : 'no');
}
