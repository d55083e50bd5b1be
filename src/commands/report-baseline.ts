import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { ObjectId, Repository } from '../git/index.ts';
import type { RunHistory, RunRecord, TargetBaseline } from '../runs/index.ts';
import { targetBaseline } from '../runs/index.ts';
import type { Effects } from './effects.ts';
import { baseUnknown } from './failures.ts';
import { pullRuns } from './push-runs.ts';

export interface BaselineRequest {
  readonly repository: Repository | undefined;
  readonly history: RunHistory;
  readonly head: RunRecord;
  /** A branch or another revision; by default the branch that the pull request goes to, or the default branch. */
  readonly base?: string;
}

export interface FoundBaseline {
  readonly baseline: TargetBaseline;
  readonly target?: string;
  readonly notes: readonly string[];
}

type World = Pick<Effects, 'cwd' | 'env' | 'now' | 'randomBytes' | 'signal'>;

/** How far a shallow clone is deepened, step by step: most merge bases are near. */
const depths = [50, 500, 'all'] as const;

/**
 * The run that a change is compared with. Where this clone does not know enough, and there is a remote, it asks it: for
 * the target branch, for records of others, and for older commits of a shallow clone. That nobody answers is said, and
 * stops nothing.
 */
export async function findBaseline(
  request: BaselineRequest,
  effects: World,
): Promise<Result<FoundBaseline, readonly Failure[]>> {
  const { repository, history, head } = request;
  const commit = head.code?.commit;
  if (repository === undefined || commit == null) {
    return success({ baseline: { kind: 'none', because: 'the run is of no commit' }, notes: [] });
  }
  const target = await findTarget(repository, request.base, effects.env);
  if (!target.ok) return target;
  if (target.value === undefined) {
    const because = 'there is no default branch to compare with; name one with --base';
    return success({ baseline: { kind: 'none', because }, notes: [] });
  }
  const { name, ref } = target.value;
  const look = async (): ReturnType<typeof targetBaseline> => {
    const tip = await repository.resolve(ref);
    if (!tip.ok) return tip;
    return await targetBaseline({
      history,
      repository,
      pipeline: head.pipeline,
      head: commit,
      dirty: head.code?.dirty === true,
      target: { name, commit: tip.value ?? target.value!.commit },
    });
  };
  let answer = await look();
  if (!answer.ok) return failed([answer.failure]);
  const notes: string[] = [];
  if (answer.value.baseline.kind !== 'record') {
    const pulled = await bringRecords(repository, effects);
    notes.push(...pulled.notes);
    if (pulled.isNew) {
      answer = await look();
      if (!answer.ok) return failed([answer.failure]);
    }
  }
  for (const by of depths) {
    if (answer.value.baseline.kind === 'record' || !answer.value.historyMissing) break;
    const problem = await deepen(repository, { commit, ref }, by);
    if (problem !== undefined) {
      notes.push(problem);
      break;
    }
    answer = await look();
    if (!answer.ok) return failed([answer.failure]);
  }
  return success({ baseline: answer.value.baseline, target: name, notes });
}

interface Target {
  /** For people. */
  readonly name: string;
  /** What leads to it in this clone. */
  readonly ref: string;
  readonly commit: ObjectId;
}

/** The remote's state of a branch counts before a local one of the name. */
async function findTarget(
  repository: Repository,
  wanted: string | undefined,
  env: Effects['env'],
): Promise<Result<Target | undefined, readonly Failure[]>> {
  const ofPullRequest = env['GITHUB_ACTIONS'] === 'true' ? env['GITHUB_BASE_REF'] : undefined;
  const name = wanted ?? (ofPullRequest === '' ? undefined : ofPullRequest);
  if (name === undefined) {
    const branch = await repository.defaultBranch();
    if (!branch.ok) return failed([branch.failure]);
    if (branch.value === undefined) return success(undefined);
    return success({ ...branch.value, ref: await refOf(repository, branch.value.name, branch.value.commit) });
  }
  let found = await resolveTarget(repository, name);
  if (!found.ok) return failed([found.failure]);
  if (found.value === undefined && (await fetchBranch(repository, name))) {
    found = await resolveTarget(repository, name);
    if (!found.ok) return failed([found.failure]);
  }
  return found.value === undefined ? failed([baseUnknown(name)]) : success({ name, ...found.value });
}

async function refOf(repository: Repository, branch: string, commit: ObjectId): Promise<string> {
  const remote = `refs/remotes/origin/${branch}`;
  const there = await repository.resolve(remote);
  return there.ok && there.value === commit ? remote : `refs/heads/${branch}`;
}

async function resolveTarget(
  repository: Repository,
  name: string,
): Promise<Result<Omit<Target, 'name'> | undefined, Failure>> {
  for (const ref of [`refs/remotes/origin/${name}`, `refs/heads/${name}`, name]) {
    const commit = await repository.resolve(ref);
    if (!commit.ok) return commit;
    if (commit.value !== undefined) return success({ ref, commit: commit.value });
  }
  return success(undefined);
}

/** `false` when there is no remote, or it does not have the branch, or does not answer. */
async function fetchBranch(repository: Repository, branch: string): Promise<boolean> {
  const remote = await repository.remote();
  if (!remote.ok || remote.value === undefined) return false;
  const fetched = await remote.value.fetch([
    { from: `refs/heads/${branch}`, to: `refs/remotes/origin/${branch}` },
  ]);
  return fetched.ok;
}

async function bringRecords(
  repository: Repository,
  effects: World,
): Promise<{ readonly isNew: boolean; readonly notes: readonly string[] }> {
  const remote = await repository.remote();
  if (!remote.ok || remote.value === undefined) return { isNew: false, notes: [] };
  const pulled = await pullRuns({}, effects);
  if (pulled.ok) return { isNew: pulled.value.received > 0, notes: [] };
  const why = pulled.failure[0]?.message ?? 'the remote does not answer';
  return { isNew: false, notes: [`Records of the remote could not be brought: ${why}.`] };
}

/** Why it could not be done, with what mends it. */
async function deepen(
  repository: Repository,
  { commit, ref }: { readonly commit: ObjectId; readonly ref: string },
  by: (typeof depths)[number],
): Promise<string | undefined> {
  const remedy =
    'set `fetch-depth: 0` for actions/checkout, or run "git fetch --unshallow", to compare with the merge base';
  const remote = await repository.remote();
  if (!remote.ok || remote.value === undefined) return `This clone is shallow and has no remote: ${remedy}.`;
  const branch = /^refs\/remotes\/origin\/(.+)$/.exec(ref)?.[1];
  const deepened = await remote.value.deepen({
    from: [commit],
    by,
    ...(branch === undefined ? {} : { branches: [{ from: `refs/heads/${branch}`, to: ref }] }),
  });
  return deepened.ok ? undefined : `This clone is shallow, and ${deepened.failure.message}: ${remedy}.`;
}
