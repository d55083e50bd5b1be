import type { Digest, Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ObjectId, Repository } from '../../git/index.ts';
import type { RunHistory, RunId, RunRecord, RunsFailure } from '../../runs/index.ts';
import { newestRunOn } from '../../runs/index.ts';
import { runWithoutModel } from '../failures.ts';
import * as failures from './failures.ts';

/** What a version is made of. */
export interface Registrable {
  readonly record: RunRecord;
  readonly digest: Digest;
  readonly commit: ObjectId;
}

/**
 * A run whose model may become a version: it succeeded, nothing failed, and its commit tells how it was made. Missing is
 * not passing: an open verdict has to be allowed by name.
 */
export function registrableRun(
  record: RunRecord,
  { allowInconclusive }: { readonly allowInconclusive: boolean },
): Result<Registrable, Failure> {
  const { id, status, verdict, code, model } = record;
  const broken = verdict === 'fail' ? reasonsFor(record, 'fail') : [];
  // A gate that fails ends its run, too; which one it was says more.
  if (status !== 'succeeded' && broken.length === 0) return failed(failures.runNotSucceeded(id, status));
  if (verdict === 'fail') return failed(failures.runVerdictFailed(id, broken));
  if (model === undefined) return failed(runWithoutModel(id));
  if (code === null || code.commit === null) return failed(failures.runWithoutCommit(id));
  if (code.dirty) return failed(failures.runDirty(id));
  if (verdict === 'inconclusive' && !allowInconclusive) {
    return failed(failures.runInconclusive(id, reasonsFor(record, 'inconclusive')));
  }
  return success({ record, digest: model.digest, commit: code.commit });
}

function reasonsFor({ gates, data }: RunRecord, verdict: 'fail' | 'inconclusive'): readonly string[] {
  const broken = Object.entries(data).flatMap(([name, { checks }]) =>
    checks?.verdict === verdict ? [`the data ${name} and their contract`] : [],
  );
  const judged = (gates?.results ?? []).filter((result) => result.verdict === verdict);
  return [...broken, ...judged.map(({ reason }) => reason)];
}

/** So many commits back: what is older is nobody's newest run. */
const mostCommits = 10_000;

/**
 * The run that is registered when nobody names one: the newest of the commit that is checked out or of one before it. What
 * became of it is for `registrableRun` to say: an older run in its place would be another model than the one that people
 * see. Where no such commit has a run, the newest anywhere that may become a version.
 */
export async function runToRegister(
  history: RunHistory,
  repository: Repository,
  pipeline: string,
): Promise<Result<RunRecord, RunsFailure | Failure>> {
  const head = await repository.head();
  if (!head.ok) return head;
  if (head.value.commit !== undefined) {
    const commits = await repository.history(head.value.commit, { limit: mostCommits });
    if (!commits.ok) return commits;
    const newest = await newestRunOn(history, pipeline, new Set(commits.value));
    if (!newest.ok) return newest;
    if (newest.value !== undefined) return success(newest.value);
  }
  return await newestRegistrable(history, pipeline);
}

/** So many records are read at one time. */
const atOnce = 20;

/** The newest run of a pipeline that succeeded without a failed verdict and chose a model. */
export async function newestRegistrable(
  history: RunHistory,
  pipeline: string,
): Promise<Result<RunRecord, RunsFailure | Failure>> {
  let before: RunId | undefined;
  let seen = 0;
  for (;;) {
    const listed = await history.list({
      pipeline,
      limit: atOnce,
      ...(before === undefined ? {} : { before }),
    });
    if (!listed.ok) return listed;
    const { records } = listed.value;
    const found = records.find(
      ({ status, verdict, model }) => status === 'succeeded' && verdict !== 'fail' && model !== undefined,
    );
    if (found !== undefined) return success(found);
    seen += records.length;
    before = records.at(-1)?.id;
    if (before === undefined) return failed(failures.noRunToRegister(pipeline, seen));
  }
}
