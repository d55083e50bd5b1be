import type { Result } from '../base/index.ts';
import { success } from '../base/index.ts';
import type { ObjectId, Repository } from '../git/index.ts';
import { firstReadable, idsOfCommit, runsOfCommits } from './baseline.ts';
import type { RunsFailure } from './failures.ts';
import type { RunHistory } from './history.ts';
import type { RunRecord } from './record.ts';

export interface TargetQuestion {
  readonly history: RunHistory;
  readonly repository: Repository;
  readonly pipeline: string;
  /** The commit of the change. */
  readonly head: ObjectId;
  /** The run of the change had changes that are in no commit: then a run of its very commit may be its baseline. */
  readonly dirty: boolean;
  /** The branch that the change goes to, and its newest commit as far as this clone knows. */
  readonly target: { readonly name: string; readonly commit: ObjectId };
}

export type TargetBaseline =
  | {
      /** A run at the merge base, or at the nearest commit before it that has one. */
      readonly kind: 'record';
      readonly run: RunRecord;
      readonly mergeBase: ObjectId;
      readonly behind: number;
    }
  | {
      /** No such run; but one of the target branch elsewhere, as a rule after the branch began. */
      readonly kind: 'elsewhere';
      readonly run: RunRecord;
      readonly because: string;
    }
  | {
      readonly kind: 'none';
      readonly because: string;
    };

export interface TargetAnswer {
  readonly baseline: TargetBaseline;
  /** The clone is shallow, and a better answer may lie below its depth. */
  readonly historyMissing: boolean;
}

/** As far back as anybody would want to compare. */
const mostCommits = 10_000;

/** The run that a change is compared with: what it found before the change was made. */
export async function targetBaseline(question: TargetQuestion): Promise<Result<TargetAnswer, RunsFailure>> {
  const { repository, history, pipeline, head, target, dirty } = question;
  const runs = await history.askIndex((index) => runsOfCommits(index, pipeline));
  if (!runs.ok) return runs;
  const at = (commit: ObjectId): Promise<Result<RunRecord | undefined, RunsFailure>> =>
    firstReadable(history, pipeline, runs.value.get(commit) ?? []);
  const isShallow = await repository.isShallow();
  const base = await repository.mergeBase(head, target.commit);
  if (!base.ok) return base;
  let because: string;
  if (base.value.kind === 'found') {
    const mergeBase = base.value.commit;
    const ancestors = await repository.history(mergeBase, { limit: mostCommits });
    if (!ancestors.ok) return ancestors;
    const skipped = mergeBase === head && !dirty ? 1 : 0;
    for (const [behind, commit] of ancestors.value.entries()) {
      if (behind < skipped) continue;
      const run = await at(commit);
      if (!run.ok) return run;
      if (run.value?.model === undefined) continue;
      const baseline = { kind: 'record', run: run.value, mergeBase, behind } as const;
      // In a shallow clone an ancestor is one for certain; only commits that are left out could be nearer, by a merge.
      return success({ baseline, historyMissing: false });
    }
    const before = ancestors.value.length - 1;
    const seen =
      before < 1
        ? ''
        : `, nor at ${before === 1 ? 'the commit' : `any of the ${before} commits`} before it that this clone has`;
    because =
      skipped === 0
        ? `no run is recorded at the merge base with ${target.name} (${mergeBase.slice(0, 7)})${seen}`
        : // Of this commit a run may well be recorded: the one that is compared.
          `${mergeBase.slice(0, 7)} is on ${target.name} itself, and no run is recorded of a commit before it${isShallow ? ' that this clone has' : ''}`;
  } else {
    because =
      base.value.kind === 'none'
        ? `this change and ${target.name} have no common history`
        : `the merge base with ${target.name} is not in this clone, which is shallow`;
  }
  const elsewhere = await newestOf(question, at);
  if (!elsewhere.ok) return elsewhere;
  const baseline: TargetBaseline =
    elsewhere.value === undefined
      ? { kind: 'none', because }
      : { kind: 'elsewhere', run: elsewhere.value, because };
  return success({ baseline, historyMissing: isShallow });
}

async function newestOf(
  { repository, head, target, dirty }: TargetQuestion,
  at: (commit: ObjectId) => Promise<Result<RunRecord | undefined, RunsFailure>>,
): Promise<Result<RunRecord | undefined, RunsFailure>> {
  const commits = await repository.history(target.commit, { limit: mostCommits });
  if (!commits.ok) return commits;
  for (const commit of commits.value) {
    if (commit === head && !dirty) continue;
    const run = await at(commit);
    if (!run.ok || run.value?.model !== undefined) return run;
  }
  return success(undefined);
}

/** The newest run of a commit that is recorded here, whatever became of it. */
export async function newestRunOf(
  history: RunHistory,
  pipeline: string,
  commit: ObjectId,
): Promise<Result<RunRecord | undefined, RunsFailure>> {
  const ids = await history.askIndex((index) => idsOfCommit(index, pipeline, commit));
  return ids.ok ? await firstReadable(history, pipeline, ids.value) : ids;
}
