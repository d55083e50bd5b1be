import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Patience, Remote, Repository } from '../git/index.ts';
import { openGithubBranch } from '../github/index.ts';
import type { Synced } from '../runs/index.ts';
import { addedFiles, noRemote, noRepository, syncRuns } from '../runs/index.ts';
import type { Effects } from './effects.ts';
import { openProject } from './open-project.ts';

export interface PushRunsOptions {
  /** Name of the remote; default `origin`. */
  readonly remote?: string;
  readonly dryRun?: boolean;
  /** `github`: through its API, as a CI job that has no clone of the branch does. Default: over Git. */
  readonly via?: 'git' | 'github';
}

export type SyncWorld = Pick<Effects, 'cwd' | 'env' | 'now' | 'randomBytes' | 'signal'>;

/** Sends what this clone knows of runs to the remote, and brings what the remote knows. */
export async function pushRuns(
  options: PushRunsOptions,
  effects: SyncWorld,
): Promise<Result<Synced, readonly Failure[]>> {
  return options.via === 'github'
    ? await pushByGithub(options, effects)
    : await sync('push', options, effects);
}

/** Brings what the remote knows of runs; what only this clone knows stays, and stays here. */
export async function pullRuns(
  options: PushRunsOptions,
  effects: SyncWorld,
): Promise<Result<Synced, readonly Failure[]>> {
  return await sync('pull', options, effects);
}

async function sync(
  direction: 'push' | 'pull',
  options: PushRunsOptions,
  effects: SyncWorld,
): Promise<Result<Synced, readonly Failure[]>> {
  const opened = await openProject(effects);
  if (!opened.ok) return opened;
  const { project, repository } = opened.value;
  if (repository === undefined) return failed([noRepository()]);
  const remoteName = options.remote ?? 'origin';
  const remote = await remoteOf(repository, remoteName);
  if (!remote.ok) return remote;
  const synced = await syncRuns({
    repository,
    remote: remote.value,
    remoteName,
    branch: project.runs.branch,
    direction,
    patience: patienceOf(effects),
    now: effects.now,
    dryRun: options.dryRun === true,
  });
  return synced.ok ? synced : failed([synced.failure]);
}

async function remoteOf(repository: Repository, name: string): Promise<Result<Remote, readonly Failure[]>> {
  const remote = await repository.remote(name);
  if (!remote.ok) return failed([remote.failure]);
  return remote.value === undefined ? failed([noRemote(name)]) : success(remote.value);
}

/** Sends the files that the remote, as far as this clone knows, does not have; the local branch stays as it is. */
async function pushByGithub(
  options: PushRunsOptions,
  effects: SyncWorld,
): Promise<Result<Synced, readonly Failure[]>> {
  const opened = await openProject(effects);
  if (!opened.ok) return opened;
  const { project, repository } = opened.value;
  if (repository === undefined) return failed([noRepository()]);
  const { branch } = project.runs;
  const files = await addedFiles({ repository, branch, remoteName: options.remote ?? 'origin' });
  if (!files.ok) return failed([files.failure]);
  const patience = patienceOf(effects);
  const writer = await openGithubBranch({ branch, environment: effects.env, patience });
  if (!writer.ok) return failed([writer.failure]);
  await using github = writer.value;
  const tip = await repository.tip(branch);
  const synced = { place: github.place, received: 0, removed: 0, commit: tip, tries: 1 };
  if (options.dryRun === true) return success({ ...synced, sent: files.value.length });
  const message =
    files.value.length === 1
      ? `${branch}: Add ${files.value[0]!.path}`
      : `${branch}: Add ${files.value.length} files`;
  const grown = await github.append(files.value, { message, time: effects.now() });
  return grown.ok ? success({ ...synced, sent: grown.value.added }) : failed([grown.failure]);
}

/** Enough for 64 machines that push at the same moment: at most some minutes, in which somebody gets through always. */
export function patienceOf({ randomBytes, signal }: Pick<Effects, 'randomBytes' | 'signal'>): Patience {
  return {
    tries: 60,
    pauseMs: [100, 8_000],
    random: () => Buffer.from(randomBytes(4)).readUInt32LE() / 2 ** 32,
    sleep: async (ms) => {
      await sleep(ms, undefined, { signal }).catch(() => undefined);
    },
  };
}
