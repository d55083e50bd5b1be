import type { Result } from '../base/index.ts';
import { success } from '../base/index.ts';
import type { Baseline } from '../evaluate/index.ts';
import type { Repository } from '../git/index.ts';
import type { RunsFailure } from './failures.ts';
import type { RunHistory } from './history.ts';
import { bestRows } from './query/best-row.ts';
import type { RunId, RunRecord } from './record.ts';
import { missing, valueAt } from './run-index/columns.ts';
import type { RunIndex } from './run-index/run-index.ts';

/** The newest earlier run of the same pipeline that succeeded. */
export async function previousRun(
  history: RunHistory,
  record: Pick<RunRecord, 'pipeline' | 'id'>,
): Promise<Result<RunRecord | undefined, RunsFailure>> {
  const ids = await history.askIndex((index) => {
    const statuses = index.column('status');
    return rowsOf(index, record.pipeline)
      .filter((row) => index.id(row) < record.id && valueAt(statuses, row) === 'succeeded')
      .map((row) => index.id(row));
  });
  return ids.ok ? await firstReadable(history, record.pipeline, ids.value) : ids;
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
  // On the default branch itself, a run of this very commit would be compared with itself: with changes that are in no
  // commit yet it is another run, and the commit's own run is what it is compared with.
  const isHead = base.value.commit === head.value.commit;
  const dirty = isHead ? await repository.isDirty({ except: ['.trainyard'] }) : success(true);
  if (!dirty.ok) return dirty;
  const commits = isHead && !dirty.value ? ancestors.value.slice(1) : ancestors.value;
  const runs = await history.askIndex((index) => runsOfCommits(index, question.pipeline));
  if (!runs.ok) return runs;
  for (const commit of commits) {
    const run = await firstReadable(history, question.pipeline, runs.value.get(commit) ?? []);
    if (!run.ok) return run;
    if (run.value?.model !== undefined) {
      return success(found(question, run.value, `run ${run.value.id} at ${commit.slice(0, 7)}`));
    }
  }
  return success(
    none(
      question,
      commits.length === ancestors.value.length
        ? `no run is recorded at the merge base with ${trunk.value.name} or before it`
        : `no run is recorded of a commit before this one on ${trunk.value.name}`,
    ),
  );
}

/** Ids of the runs of each commit that left a model and had no other changes, the newest first. */
export function runsOfCommits(index: RunIndex, pipeline: string): ReadonlyMap<string, readonly RunId[]> {
  const [commits, dirty, models] = [index.column('commit'), index.column('dirty'), index.column('model')];
  const runs = new Map<string, RunId[]>();
  for (const row of rowsOf(index, pipeline)) {
    const commit = valueAt(commits, row);
    if (typeof commit !== 'string' || valueAt(dirty, row) !== false || models.kinds[row] === missing)
      continue;
    const known = runs.get(commit);
    if (known === undefined) runs.set(commit, [index.id(row)]);
    else known.push(index.id(row));
  }
  return runs;
}

async function bestRun(question: BaselineQuestion): Promise<Result<ResolvedBaseline, RunsFailure>> {
  const { metric, history, pipeline } = question;
  const ids = await history.askIndex((index) => {
    const [statuses, verdicts] = [index.column('status'), index.column('verdict')];
    // An open verdict counts: with `pass` alone, a first run that had no best to compare with would never be followed.
    const rows = rowsOf(index, pipeline).filter(
      (row) => valueAt(statuses, row) === 'succeeded' && valueAt(verdicts, row) !== 'fail',
    );
    return bestRows(index, rows, metric).map((row) => index.id(row));
  });
  if (!ids.ok) return ids;
  const best = await firstReadable(history, pipeline, ids.value);
  if (!best.ok) return best;
  if (best.value === undefined) {
    return success(
      none(question, `no earlier run of ${pipeline} succeeded, failed no gate and measured ${metric}`),
    );
  }
  return success(found(question, best.value, `run ${best.value.id}`));
}

/** Ids of every run of a commit, the newest first. */
export function idsOfCommit(index: RunIndex, pipeline: string, commit: string): readonly RunId[] {
  const commits = index.column('commit');
  return rowsOf(index, pipeline)
    .filter((row) => valueAt(commits, row) === commit)
    .map((row) => index.id(row));
}

/** Rows of a pipeline that are not archived, the newest first. */
export function rowsOf(index: RunIndex, pipeline: string): readonly number[] {
  const { texts, values } = index.column('pipeline');
  const wanted = texts.indexOf(pipeline);
  const rows: number[] = [];
  for (let row = index.count - 1; row >= 0 && wanted >= 0; row--) {
    if (values[row] === wanted && !index.isArchived(row)) rows.push(row);
  }
  return rows;
}

/** The first that is a record in full: the index has looked at some of its fields only. */
export async function firstReadable(
  history: RunHistory,
  pipeline: string,
  ids: readonly RunId[],
): Promise<Result<RunRecord | undefined, RunsFailure>> {
  for (const id of ids) {
    const run = await history.find(id, pipeline);
    if (run.ok) return run;
    if (run.failure.code !== 'runs-record-damaged') return run;
  }
  return success(undefined);
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
