import { posix, relative } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Repository } from '../git/index.ts';
import type { Pipeline, StepGroup, Triggers } from '../pipeline/index.ts';
import { datasetFingerprints, groupSteps, pipelineNames } from '../pipeline/index.ts';
import { changedPaths } from './changed-paths.ts';
import type { Effects } from './effects.ts';
import { pipelineUnknown } from './failures.ts';
import { meetsFilters } from './filter-paths.ts';
import { openPipeline, openProject } from './open-project.ts';
import type { PlannedPipeline } from './plan-pipeline.ts';
import { planPipeline } from './plan-pipeline.ts';

/** What happened, for which somebody wants to know what there is to do. */
export type Occasion =
  /** Commits on a branch, or a pull request to it; without a base that is known, everything may have changed. */
  | {
      readonly kind: 'push' | 'pull_request';
      readonly base: string | undefined;
      readonly branch: string | undefined;
    }
  /** A time has come: that of this cron text, or any. */
  | { readonly kind: 'schedule'; readonly cron: string | undefined }
  /** Somebody asks for it. */
  | { readonly kind: 'dispatch' }
  /** Data may have changed; `received` when an event brought rows, which concerns also pipelines that do not watch. */
  | { readonly kind: 'data'; readonly received?: true };

export interface PlanJobsOptions {
  readonly occasion: Occasion;
  /** Only these. */
  readonly pipelines?: readonly string[];
}

/** A pipeline that is concerned, and the jobs that it takes: waves one after the other, groups of a wave at one time. */
export interface PipelineJobs {
  readonly name: string;
  readonly because: string;
  readonly waves: readonly (readonly StepGroup[])[];
}

export interface JobPlan {
  readonly concerned: readonly PipelineJobs[];
  readonly others: readonly { readonly name: string; readonly because: string }[];
}

/** Which pipelines an occasion concerns, and how their steps are split over jobs. Nothing is executed. */
export async function planJobs(
  { occasion, pipelines = [] }: PlanJobsOptions,
  effects: Pick<Effects, 'cwd' | 'env' | 'now'>,
): Promise<Result<JobPlan, readonly Failure[]>> {
  const opened = await openProject(effects);
  if (!opened.ok) return opened;
  const { root, repository } = opened.value;
  const known = pipelineNames(root);
  const unknown = pipelines.filter((name) => !known.includes(name));
  if (unknown.length > 0) return failed(unknown.map((name) => pipelineUnknown(name, known)));
  const changed = await changesOf(occasion, repository, root);
  const failures: Failure[] = [];
  const concerned: PipelineJobs[] = [];
  const others: { name: string; because: string }[] = [];
  for (const name of pipelines.length > 0 ? pipelines : known) {
    const pipeline = await openPipeline(root, name);
    if (!pipeline.ok) {
      failures.push(...pipeline.failure);
      continue;
    }
    const concern = concernOf(pipeline.value, occasion, changed);
    if (!concern.concerned) {
      others.push({ name, because: concern.because });
      continue;
    }
    // Nothing is executed here, so no secret is asked for.
    const planned = await planPipeline({ pipeline: name, only: [] }, effects);
    if (!planned.ok) {
      failures.push(...planned.failure);
      continue;
    }
    const data = occasion.kind === 'data' ? await newData(name, planned.value) : success(concern.because);
    if (!data.ok) failures.push(data.failure);
    else if (data.value === undefined) others.push({ name, because: 'its data is that of its newest run' });
    else concerned.push({ name, because: data.value, waves: groupSteps(planned.value.plan.steps) });
  }
  return failures.length > 0 ? failed(failures) : success({ concerned, others });
}

async function changesOf(
  occasion: Occasion,
  repository: Repository | undefined,
  root: string,
): Promise<readonly string[] | undefined> {
  if (occasion.kind !== 'push' && occasion.kind !== 'pull_request') return undefined;
  if (repository === undefined || occasion.base === undefined) return undefined;
  const changed = await changedPaths(repository, occasion.base);
  // All paths of a project start at its own folder; Git's at that of the clone.
  const prefix = relative(repository.workTree ?? root, root).replaceAll('\\', '/');
  return prefix === '' ? changed : changed?.map((path) => posix.relative(prefix, path));
}

interface Concern {
  readonly concerned: boolean;
  readonly because: string;
}

function concernOf(
  { file, path, datasets, contracts, root }: Pipeline,
  occasion: Occasion,
  changed: readonly string[] | undefined,
): Concern {
  const { on } = file;
  switch (occasion.kind) {
    case 'dispatch':
      return { concerned: true, because: 'it was asked for' };
    case 'schedule': {
      const times = (on?.schedule ?? []).map(({ cron }) => cron);
      const concerned = occasion.cron === undefined ? times.length > 0 : times.includes(occasion.cron);
      return { concerned, because: concerned ? 'its time has come' : 'its `on:` has no such time' };
    }
    case 'data': {
      const concerned = occasion.received === true || (on !== undefined && 'data' in on);
      return { concerned, because: concerned ? 'its data may be new' : 'its `on:` has no `data`' };
    }
    case 'push':
    case 'pull_request': {
      const filter = filterOf(on, occasion.kind);
      if (filter === undefined)
        return { concerned: false, because: `its \`on:\` has no \`${occasion.kind}\`` };
      const { branches } = filter;
      if (
        branches !== undefined &&
        occasion.branch !== undefined &&
        !meetsFilters([occasion.branch], branches)
      ) {
        return { concerned: false, because: `its \`on:\` leaves out the branch ${occasion.branch}` };
      }
      if (changed === undefined) return { concerned: true, because: 'what has changed is not known here' };
      const inRoot = (file: string): string => file.slice(root.length + 1).replaceAll('\\', '/');
      const own = [
        `${path.slice(0, path.lastIndexOf('/'))}/**`,
        'trainyard.yaml',
        ...[...datasets.values()]
          .flatMap((each) => [each.path, ...(each.contract === undefined ? [] : [each.contract])])
          .map(inRoot),
        ...[...contracts.values()].map(({ file }) => file),
      ];
      const concerned = meetsFilters(changed, filter.paths ?? own);
      return {
        concerned,
        because: concerned ? 'what it reads has changed' : 'nothing that it reads has changed',
      };
    }
  }
}

/** Pull requests are of interest unless the file says which; pushes are when the file says so, or says nothing at all. */
function filterOf(
  on: Triggers | undefined,
  kind: 'push' | 'pull_request',
): NonNullable<Triggers['push']> | undefined {
  if (kind === 'pull_request')
    return on?.pull_request ?? (on?.push?.paths === undefined ? {} : { paths: on.push.paths });
  if (on === undefined) return {};
  return 'push' in on ? (on.push ?? {}) : undefined;
}

/** Why the data is other than that of the newest run that read it; `undefined` when it is the same. */
async function newData(
  name: string,
  { plan, history }: PlannedPipeline,
): Promise<Result<string | undefined, Failure>> {
  const listed = await history.list({ pipeline: name, limit: 20 });
  if (!listed.ok) return listed;
  const now = datasetFingerprints(plan);
  for (const { id, steps } of listed.value.records) {
    const then = new Map(
      steps.flatMap(({ step, fingerprint }) => (fingerprint === undefined ? [] : [[step, fingerprint]])),
    );
    // Of a run that did not get as far as to read the rows, nothing follows.
    if (![...now.keys()].every((step) => then.has(step))) continue;
    const changed = [...now].filter(([step, fingerprint]) => then.get(step) !== fingerprint);
    return success(
      changed.length === 0
        ? undefined
        : `${changed.map(([step]) => step.slice('data.'.length)).join(', ')} changed since ${id}`,
    );
  }
  return success('no run has read its data yet');
}
