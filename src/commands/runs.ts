import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { RunDiff, RunHistory, RunList, RunRecord } from '../runs/index.ts';
import { diffRuns, openRuns } from '../runs/index.ts';
import type { Effects } from './effects.ts';
import { openProject } from './open-project.ts';

type World = Pick<Effects, 'cwd' | 'env'>;

export interface ListOptions {
  readonly pipeline?: string;
  readonly limit: number;
}

/** Records, newest first. */
export async function listRuns(
  { pipeline, limit }: ListOptions,
  effects: World,
): Promise<Result<RunList, readonly Failure[]>> {
  const history = await openHistory(effects);
  if (!history.ok) return history;
  const listed = await history.value.list({ limit, ...(pipeline === undefined ? {} : { pipeline }) });
  return listed.ok ? listed : failed([listed.failure]);
}

export interface ShowOptions {
  readonly run: string;
  readonly pipeline?: string;
}

export async function showRun(
  options: ShowOptions,
  effects: World,
): Promise<Result<RunRecord, readonly Failure[]>> {
  const history = await openHistory(effects);
  if (!history.ok) return history;
  const found = await history.value.find(options.run, options.pipeline);
  return found.ok ? found : failed([found.failure]);
}

export interface DiffOptions {
  readonly base: string;
  readonly head: string;
  readonly pipeline?: string;
}

/** What changed from one run to another. Where only one is named by its id, `latest` means of the same pipeline. */
export async function diffOfRuns(
  options: DiffOptions,
  effects: World,
): Promise<Result<RunDiff, readonly Failure[]>> {
  const history = await openHistory(effects);
  if (!history.ok) return history;
  const head = await history.value.find(options.head, options.pipeline);
  if (!head.ok) return failed([head.failure]);
  const base = await history.value.find(options.base, options.pipeline ?? head.value.pipeline);
  if (!base.ok) return failed([base.failure]);
  return success(diffRuns(base.value, head.value));
}

async function openHistory(effects: World): Promise<Result<RunHistory, readonly Failure[]>> {
  const opened = await openProject(effects);
  if (!opened.ok) return opened;
  const { project, repository, root } = opened.value;
  return success(openRuns({ repository, branch: project.runs.branch, root }));
}
