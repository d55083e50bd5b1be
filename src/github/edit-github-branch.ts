import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { NewFile, ObjectId } from '../git/index.ts';
import { pauseBefore } from '../git/index.ts';
import type { Written } from './branch-calls.ts';
import { notFound, overtaken } from './failures.ts';
import type { GithubBranchOptions } from './open-github-branch.ts';
import { openBranchCalls } from './open-github-branch.ts';

/** What becomes of files of a branch: those that are there are replaced. */
export interface BranchEdit {
  readonly files: readonly NewFile[];
  readonly message: string;
}

export interface EditedBranch {
  /** A commit of the branch that has what was asked for. */
  readonly commit: ObjectId;
  /** Whether it was written here, or was there already. */
  readonly written: boolean;
  readonly tries: number;
}

/**
 * Changes files of a branch by one commit. What becomes of them is made from the head, and made anew when somebody else
 * was faster; `undefined` when there is nothing to do. An answer that got lost is no commit made twice, as the next look
 * finds what was written.
 */
export async function editGithubBranch(
  options: GithubBranchOptions,
  make: (head: ObjectId) => Promise<Result<BranchEdit | undefined, readonly Failure[]>>,
): Promise<Result<EditedBranch, readonly Failure[]>> {
  const { patience, branch } = options;
  const opened = await openBranchCalls(options);
  if (!opened.ok) return failed([opened.failure]);
  const { calls, api } = opened.value;
  await using _ = api;
  let last: Written = { kind: 'lost' };
  for (let attempt = 0; attempt < patience.tries; attempt++) {
    if (attempt > 0) await patience.sleep(pauseBefore(attempt - 1, patience));
    const head = await calls.head();
    if (!head.ok) return failed([head.failure]);
    if (head.value === undefined) return failed([notFound(calls.place, `there is no branch ${branch}`)]);
    const edit = await make(head.value);
    if (!edit.ok) return edit;
    if (edit.value === undefined) {
      return success({ commit: head.value, written: last.kind === 'unclear', tries: attempt + 1 });
    }
    const written = await calls.commit(head.value, edit.value.files, edit.value.message);
    if (!written.ok) return failed([written.failure]);
    last = written.value;
    if (last.kind === 'done') return success({ commit: last.commit, written: true, tries: attempt + 1 });
  }
  return failed([last.kind === 'unclear' ? last.failure : overtaken(calls.place, patience.tries)]);
}
