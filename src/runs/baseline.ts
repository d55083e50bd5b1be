import type { Result } from '../base/index.ts';
import { success } from '../base/index.ts';
import type { Baseline } from '../evaluate/index.ts';
import { metricDefinition } from '../evaluate/index.ts';
import type { Repository } from '../git/index.ts';
import type { RunsFailure } from './failures.ts';
import type { RunHistory } from './history.ts';
import type { RunRecord } from './record.ts';

/** The newest earlier run of the same pipeline that succeeded. */
export async function previousRun(
  history: RunHistory,
  record: Pick<RunRecord, 'pipeline' | 'id'>,
): Promise<Result<RunRecord | undefined, RunsFailure>> {
  const listed = await history.list({ pipeline: record.pipeline, before: record.id });
  if (!listed.ok) return listed;
  return success(listed.value.records.find((each) => each.status === 'succeeded'));
}

/** What the name of a baseline stands for: a run where there is one, and the model in the form that gates take. */
export interface ResolvedBaseline {
  readonly run?: RunRecord;
  readonly baseline: Baseline;
}

export interface BaselineQuestion {
  readonly history: RunHistory;
  readonly repository: Repository | undefined;
  readonly pipeline: string;
  readonly name: 'merge-base' | 'best';
  /** The metric of the gate: `best` is best by it. */
  readonly metric: string;
}

/** Names of baselines that runs answer; every other one is the name of a stage, which the registry answers. */
export function isRunBaseline(name: string): name is BaselineQuestion['name'] {
  return name === 'merge-base' || name === 'best';
}

/** The model that a gate compares with. When there is none, `origin` says why. */
export async function baselineRun(
  question: BaselineQuestion,
): Promise<Result<ResolvedBaseline, RunsFailure>> {
  switch (question.name) {
    case 'merge-base':
      return await atMergeBase(question);
    case 'best':
      return await bestRun(question);
  }
}

async function atMergeBase(question: BaselineQuestion): Promise<Result<ResolvedBaseline, RunsFailure>> {
  const { repository, history } = question;
  if (repository === undefined) return success(none(question, 'the pipeline is in no Git repository'));
  const head = await repository.head();
  if (!head.ok) return head;
  const trunk = await repository.defaultBranch();
  if (!trunk.ok) return trunk;
  if (head.value.commit === undefined || trunk.value === undefined) {
    return success(none(question, 'there is no default branch to compare with'));
  }
  const base = await repository.mergeBase(head.value.commit, trunk.value.commit);
  if (!base.ok) return base;
  if (base.value.kind !== 'found') {
    const why = base.value.kind === 'none' ? 'there is no common history' : base.value.because;
    return success(none(question, `${why}: no merge base with ${trunk.value.name}`));
  }
  const ancestors = await repository.history(base.value.commit, { limit: 10_000 });
  if (!ancestors.ok) return ancestors;
  // On the default branch itself, a run of this very commit would be compared with itself.
  const commits = base.value.commit === head.value.commit ? ancestors.value.slice(1) : ancestors.value;
  const listed = await history.list({ pipeline: question.pipeline });
  if (!listed.ok) return listed;
  const newestOf = new Map<string, RunRecord>();
  for (const run of listed.value.records) {
    const commit = run.code?.commit;
    if (run.model === undefined || run.code?.dirty !== false || commit === null || commit === undefined)
      continue;
    if (!newestOf.has(commit)) newestOf.set(commit, run);
  }
  const commit = commits.find((each) => newestOf.has(each));
  if (commit === undefined) {
    return success(
      none(
        question,
        commits.length === ancestors.value.length
          ? `no run is recorded at the merge base with ${trunk.value.name} or before it`
          : `no run is recorded of a commit before this one on ${trunk.value.name}`,
      ),
    );
  }
  const run = newestOf.get(commit)!;
  return success(found(question, run, `run ${run.id} at ${commit.slice(0, 7)}`));
}

async function bestRun(question: BaselineQuestion): Promise<Result<ResolvedBaseline, RunsFailure>> {
  const { metric } = question;
  const listed = await question.history.list({ pipeline: question.pipeline });
  if (!listed.ok) return listed;
  const sign = metricDefinition(metric)?.better === 'lower' ? -1 : 1;
  let best: { readonly run: RunRecord; readonly value: number } | undefined;
  // From old to new, so that of equals the first one stays.
  for (const run of listed.value.records.toReversed()) {
    const value = modelOf(run)?.evaluation?.metrics[metric]?.value;
    // An open verdict counts: with `pass` alone, a first run that had no best to compare with would never be followed.
    if (run.status !== 'succeeded' || run.verdict === 'fail' || value === undefined) continue;
    if (best === undefined || sign * (value - best.value) > 0) best = { run, value };
  }
  if (best === undefined) {
    return success(
      none(
        question,
        `no earlier run of ${question.pipeline} succeeded, failed no gate and measured ${metric}`,
      ),
    );
  }
  return success(found(question, best.run, `run ${best.run.id}`));
}

/** The model that a run chose. */
export function modelOf(run: RunRecord): RunRecord['models'][number] | undefined {
  return run.models.find((each) => each.digest === run.model?.digest);
}

function found({ name }: BaselineQuestion, run: RunRecord, origin: string): ResolvedBaseline {
  return run.model === undefined
    ? { run, baseline: { name, origin } }
    : { run, baseline: { name, digest: run.model.digest, origin } };
}

function none({ name }: BaselineQuestion, origin: string): ResolvedBaseline {
  return { baseline: { name, origin } };
}
