import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Repository } from '../git/index.ts';
import type { Pruned, RunHistory, RunId } from '../runs/index.ts';
import { noRepository, openRuns, pruneRuns } from '../runs/index.ts';
import { openProject } from './open-project.ts';
import type { SyncWorld } from './push-runs.ts';
import { patienceOf } from './push-runs.ts';

export interface PruneRunsOptions {
  /** Days. */
  readonly olderThan: number;
  readonly pipeline?: string;
  readonly keepLast?: number;
  readonly dryRun?: boolean;
}

/** Archives old run records on the local branch: none that a version, a baseline, a tag or a note stands on. */
export async function pruneRecords(
  options: PruneRunsOptions,
  effects: SyncWorld,
): Promise<Result<Pruned, readonly Failure[]>> {
  const opened = await openProject(effects);
  if (!opened.ok) return opened;
  const { project, repository, root } = opened.value;
  if (repository === undefined) return failed([noRepository()]);
  const { branch } = project.runs;
  const registered = await runsOfVersions(repository);
  if (!registered.ok) return failed([registered.failure]);
  const best = await bestRuns(openRuns({ repository, branch, root }));
  if (!best.ok) return failed([best.failure]);
  const pruned = await pruneRuns({
    repository,
    branch,
    before: new Date(effects.now().getTime() - options.olderThan * 86_400_000),
    keepLast: options.keepLast ?? 1,
    needed: new Map([...best.value, ...registered.value]),
    now: effects.now,
    patience: patienceOf(effects),
    dryRun: options.dryRun === true,
    ...(options.pipeline === undefined ? {} : { pipeline: options.pipeline }),
  });
  return pruned.ok ? pruned : failed([pruned.failure]);
}

type Needed = ReadonlyMap<RunId, string>;

/** Whoever wrote it: a tag that says that it registers keeps the run that it names, signed or not. */
async function runsOfVersions(repository: Repository): Promise<Result<Needed, Failure>> {
  const tags = await repository.readTags('');
  if (!tags.ok) return tags;
  const needed = new Map<RunId, string>();
  for (const { name, message = '' } of tags.value) {
    if (message === undefined || !message.trimStart().startsWith('{')) continue;
    const run = /"run":"(\d{8}-\d{6}-[0-9a-f]{8})"/.exec(message)?.[1];
    if (run !== undefined) needed.set(run, `${name} is registered from it`);
  }
  return success(needed);
}

/** What gates with `baseline: best` compare with. */
async function bestRuns(history: RunHistory): Promise<Result<Needed, Failure>> {
  const answer = await history.ask({ best: true });
  if (!answer.ok) return answer.failure.code === 'runs-metric-unclear' ? success(new Map()) : answer;
  return success(new Map(answer.value.runs.map(({ id }) => [id, 'it is the best of its pipeline'])));
}
