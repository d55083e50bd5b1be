import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure, JsonScalar, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { resolveSources } from '../data/index.ts';
import type { Listener, Outcome, Pipeline, Plan } from '../pipeline/index.ts';
import { execute, makePlan, openLocalState, thisMachine } from '../pipeline/index.ts';
import type { BroughtFile, Reproduction, ReproductionFolder, RunRecord } from '../runs/index.ts';
import {
  bringBaselines,
  bringData,
  checkOut,
  compareRuns,
  discreetRecord,
  environmentChanges,
  explain,
  newRunId,
  openReproductionFolder,
  openRuns,
  projectPath,
  recordOf,
  reproducibleCommit,
  reproductionCancelled,
} from '../runs/index.ts';
import type { Store } from '../store/index.ts';
import { openStore } from '../store/index.ts';
import type { Effects } from './effects.ts';
import type { OpenedProject } from './open-project.ts';
import { openPipeline, openProject } from './open-project.ts';
import { discretionOf } from './run.ts';

export interface ReproduceOptions {
  readonly run: string;
  /** What `latest` is the latest of. */
  readonly pipeline?: string;
  /** Leave the folder with the commit, the data and everything that was made. */
  readonly keep?: boolean;
  /** Where the folder is made. */
  readonly temporary: string;
  /** Steps at one time; default the cores. */
  readonly jobs?: number;
  /** Of Trainyard. */
  readonly version: string;
}

type World = Effects & { readonly listener: Listener };

/**
 * Makes a run again from nothing but its commit and its data, in a folder of its own without any cache, and compares
 * everything that came out. The work tree, the store and the records stay as they are.
 */
export async function reproduceRun(
  options: ReproduceOptions,
  effects: World,
): Promise<Result<Reproduction, readonly Failure[]>> {
  const start = effects.monotonic();
  const opened = await openProject(effects);
  if (!opened.ok) return opened;
  const recorded = await findRecord(options, opened.value);
  if (!recorded.ok) return recorded;
  const commit = reproducibleCommit(recorded.value);
  if (!commit.ok) return failed([commit.failure]);
  const made = await openReproductionFolder(options.temporary);
  if (!made.ok) return failed([made.failure]);
  await using folder = made.value;
  const scene = await setScene(
    { opened: opened.value, recorded: recorded.value, commit: commit.value, folder },
    effects,
  );
  if (!scene.ok) return scene;
  const again = await runAgain(scene.value, options, effects);
  if (!again.ok) return again;
  if (options.keep === true) folder.keep();
  const { pipeline, data, notes } = scene.value;
  const { record, builtIn, baselineProblems } = again.value;
  const { compared, differences } = compareRuns(recorded.value, record, { builtIn });
  const environment = environmentChanges(recorded.value.environment, record.environment);
  return success({
    version: 1,
    run: recorded.value.id,
    pipeline: pipeline.file.name,
    commit: commit.value,
    identical: differences.length === 0,
    compared,
    differences,
    environment,
    explanations: explain({
      ...{ recorded: recorded.value, differences, environment, builtIn },
      baselineProblems,
    }),
    notes: [...notes, ...baselineProblems],
    data,
    seconds: Math.round(effects.monotonic() - start) / 1000,
    ...(options.keep === true ? { folder: folder.path } : {}),
  });
}

async function findRecord(
  { run, pipeline }: ReproduceOptions,
  { repository, project, root }: OpenedProject,
): Promise<Result<RunRecord, readonly Failure[]>> {
  const found = await openRuns({ repository, branch: project.runs.branch, root }).find(run, pipeline);
  return found.ok ? found : failed([found.failure]);
}

interface SceneOptions {
  readonly opened: OpenedProject;
  readonly recorded: RunRecord;
  readonly commit: string;
  readonly folder: ReproductionFolder;
}

/** The commit, the data and the baselines, as the run had them. */
interface Scene extends SceneOptions {
  readonly pipeline: Pipeline;
  /** Of the reproduction. */
  readonly store: Store;
  readonly projectStore: Store;
  readonly data: readonly BroughtFile[];
  readonly notes: readonly string[];
}

async function setScene(
  options: SceneOptions,
  { signal }: World,
): Promise<Result<Scene, readonly Failure[]>> {
  const { opened, recorded, commit, folder } = options;
  const { repository, root } = opened;
  const projectStore = await opened.openStore();
  if (!projectStore.ok) return failed([projectStore.failure]);
  const left = await checkOut({ repository: repository!, commit, folder: folder.tree, signal });
  if (!left.ok) return failed([left.failure]);
  const to = join(folder.tree, await projectPath(repository?.workTree, root));
  const brought = await bringData({
    data: recorded.data,
    to,
    workRoot: root,
    store: projectStore.value,
    signal,
  });
  if (!brought.ok) return brought;
  const pipeline = await openPipeline(to, recorded.pipeline);
  if (!pipeline.ok) return pipeline;
  const surplus = await removeSurplus(pipeline.value, recorded);
  const store = await openStore(`file:${folder.store}`, { root: to });
  if (!store.ok) return failed([store.failure]);
  return success({
    ...options,
    pipeline: pipeline.value,
    store: store.value,
    projectStore: projectStore.value,
    data: brought.value,
    notes: [...left.value, ...surplus],
  });
}

/** Files of the commit that a dataset's pattern finds and that the run did not read: a sparse checkout had left them out. */
async function removeSurplus({ datasets, root }: Pipeline, { data }: RunRecord): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const [name, { path }] of datasets) {
    const read = new Set((data[name]?.files ?? []).map((file) => file.path));
    const found = read.size === 0 ? undefined : await resolveSources(root, path);
    for (const file of found?.ok === true ? found.value : []) {
      if (read.has(file.path)) continue;
      await rm(file.absolute);
      notes.push(`${file.path} is in the commit, and the run did not read it: it was left out`);
    }
  }
  return notes;
}

interface RunAgain {
  readonly record: RunRecord;
  readonly builtIn: ReadonlySet<string>;
  /** Baselines that could not be brought, as sentences. */
  readonly baselineProblems: readonly string[];
}

async function runAgain(
  scene: Scene,
  { jobs, version }: ReproduceOptions,
  effects: World,
): Promise<Result<RunAgain, readonly Failure[]>> {
  const { recorded, pipeline, store, folder } = scene;
  const { env, machine, signal, listener, now, randomBytes } = effects;
  const milliseconds = (): number => now().getTime();
  const state = openLocalState({ root: pipeline.root, now: milliseconds, folder: folder.state });
  const { baselines, notes } = await bringBaselines({
    recorded,
    pipeline,
    from: scene.projectStore,
    to: store,
  });
  const plan = await makePlan(pipeline, {
    params: textsOf(recorded.params),
    baselines,
    env,
    machine: thisMachine(),
    store,
    state,
  });
  if (!plan.ok) return plan;
  const startedAt = now();
  const outcome: Outcome = await execute(plan.value, {
    ...{ pipeline, store, state, env, signal, listener, now: milliseconds },
    jobs: jobs ?? machine.cpus,
    cores: machine.cpus,
    seed: Buffer.from(randomBytes(4)).readUInt32LE(),
  });
  if (outcome.status === 'cancelled') return failed([reproductionCancelled()]);
  const record = await recordOf(pipeline, outcome, {
    id: newRunId(startedAt, randomBytes),
    startedAt,
    trigger: { kind: 'manual' },
    code: recorded.code,
    environment: { trainyard: version, ...thisMachine().engines, ...machine },
    read: (digest) => store.read(digest),
  });
  if (!record.ok) return failed([record.failure]);
  return success({
    record: discreetRecord(record.value, discretionOf(pipeline, plan.value, env)),
    builtIn: builtInSteps(plan.value),
    baselineProblems: notes,
  });
}

function builtInSteps(plan: Plan): ReadonlySet<string> {
  return new Set(plan.steps.flatMap(({ id, work }) => (work.kind === 'builtin' ? [id] : [])));
}

/** As `--param` gives them; a text that stays a text is written as it is. */
function textsOf(params: Readonly<Record<string, JsonScalar>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
