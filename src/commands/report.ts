import { tmpdir } from 'node:os';
import type { Digest, Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Evaluation, EvaluationFile, PairedDifference } from '../evaluate/index.ts';
import type { Pipeline } from '../pipeline/index.ts';
import { findPipeline } from '../pipeline/index.ts';
import type { BaseFacts, PullFacts, PullReport } from '../report/index.ts';
import { makePullReport } from '../report/index.ts';
import type { RunHistory, RunRecord } from '../runs/index.ts';
import { heldOutSameness, modelOf, newestRunOf, openRuns, pipelineAt } from '../runs/index.ts';
import type { Store } from '../store/index.ts';
import { compareModels } from './compare-models.ts';
import type { Effects } from './effects.ts';
import { reportWithoutRun } from './failures.ts';
import type { OpenedProject } from './open-project.ts';
import { openPipeline, openProject } from './open-project.ts';
import type { FoundBaseline } from './report-baseline.ts';
import { findBaseline } from './report-baseline.ts';

export interface ReportOptions {
  readonly pipeline: string;
  /** Default: the newest run of the commit that is checked out. */
  readonly run?: string;
  /** The branch that the change goes to. Default: that of the pull request, else the default branch. */
  readonly base?: string;
}

/**
 * What a pull request's reviewer should know of a pipeline: its newest run at this commit against the run that the target
 * branch had where this branch left it, else against the target branch's model on this run's held-out rows.
 */
export async function report(
  options: ReportOptions,
  effects: Effects,
): Promise<Result<PullReport, readonly Failure[]>> {
  const opened = await openProject(effects);
  if (!opened.ok) return opened;
  const { root, project, repository } = opened.value;
  const file = findPipeline(root, options.pipeline);
  if (!file.ok) return failed([file.failure]);
  const now = await openPipeline(root, options.pipeline);
  const history = openRuns({ repository, branch: project.runs.branch, root });
  const name = now.ok ? now.value.file.name : options.pipeline;
  const head = await findHead(name, options.run, opened.value, history);
  if (!head.ok) return head;
  const store = await opened.value.openStore();
  if (!store.ok) return failed([store.failure]);
  const request = {
    repository,
    history,
    head: head.value,
    ...(options.base === undefined ? {} : { base: options.base }),
  };
  const found = await findBaseline(request, effects);
  if (!found.ok) return found;
  const scene: Scene = { opened: opened.value, head: head.value, found: found.value, store: store.value };
  const then = await pipelinesOf(scene, now.ok ? now.value : undefined, file.value);
  return success(makePullReport(await factsOf(scene, then, effects)));
}

async function findHead(
  pipeline: string,
  run: string | undefined,
  { repository }: OpenedProject,
  history: RunHistory,
): Promise<Result<RunRecord, readonly Failure[]>> {
  if (run !== undefined || repository === undefined) {
    const found = await history.find(run ?? 'latest', pipeline);
    return found.ok ? found : failed([found.failure]);
  }
  const head = await repository.head();
  if (!head.ok) return failed([head.failure]);
  const commit = head.value.commit;
  if (commit === undefined) return failed([reportWithoutRun(pipeline, undefined)]);
  const found = await newestRunOf(history, pipeline, commit);
  if (!found.ok) return failed([found.failure]);
  return found.value === undefined ? failed([reportWithoutRun(pipeline, commit)]) : success(found.value);
}

interface Scene {
  readonly opened: OpenedProject;
  readonly head: RunRecord;
  readonly found: FoundBaseline;
  readonly store: Store;
}

interface Pipelines {
  readonly base?: Pipeline;
  readonly head?: Pipeline;
}

/** Both pipelines as they were at the commits of their runs. With changes in no commit, the work tree is the nearest. */
async function pipelinesOf(
  { opened, head, found }: Scene,
  now: Pipeline | undefined,
  file: string,
): Promise<Pipelines> {
  const { repository, root } = opened;
  const of = (record: RunRecord): Promise<Pipeline | undefined> =>
    pipelineAt({ repository, root, path: now?.path ?? file, record });
  const after = head.code === null || head.code.dirty ? now : await of(head);
  const before = found.baseline.kind === 'none' ? undefined : await of(found.baseline.run);
  return {
    ...(before === undefined ? {} : { base: before }),
    ...(after === undefined ? {} : { head: after }),
  };
}

async function factsOf(scene: Scene, pipelines: Pipelines, effects: Effects): Promise<PullFacts> {
  const { head, found, store } = scene;
  const measured = await measureAgain(scene, pipelines, effects);
  const base = baseFacts(found, measured);
  const before = base.kind === 'none' ? undefined : base.run;
  const evaluations = {
    ...(await evaluationOf(before, store, 'base')),
    ...(await evaluationOf(head, store, 'head')),
  };
  return {
    head,
    base,
    ...(measured.kind === 'compared' ? { paired: measured.differences } : {}),
    ...(pipelines.base === undefined || pipelines.head === undefined
      ? {}
      : {
          features: {
            base: pipelines.base.file.features ?? [],
            head: pipelines.head.file.features ?? [],
          },
        }),
    evaluations,
    ...(pipelines.head === undefined ? {} : { declaredParams: pipelines.head.file.params ?? {} }),
    contracts: await contractTexts(head, store),
    notes: [...found.notes, ...(measured.note === undefined ? [] : [measured.note])],
  };
}

type Measured = (
  | { readonly kind: 'compared'; readonly differences: readonly PairedDifference[] }
  | { readonly kind: 'not-compared'; readonly because: string }
) & {
  /** What a reader should know of it. */
  readonly note?: string;
};

/** Both models on the rows of `head`: from its record where its gates did that, else now. */
async function measureAgain(
  { head, found, store }: Scene,
  pipelines: Pipelines,
  effects: Effects,
): Promise<Measured> {
  if (found.baseline.kind === 'none') return { kind: 'not-compared', because: found.baseline.because };
  const { run } = found.baseline;
  const [before, after] = [modelOf(run), modelOf(head)];
  if (before === undefined || after === undefined) {
    return { kind: 'not-compared', because: 'one of the runs chose no model' };
  }
  if (before.digest === after.digest && heldOutSameness(run, head) === 'same') {
    return { kind: 'compared', differences: [] };
  }
  const recorded = recordedComparison(head, before.digest);
  if (recorded !== undefined) return { kind: 'compared', differences: recorded };
  const unseen = otherSides(run, pipelines);
  if (unseen !== undefined) return { kind: 'not-compared', because: unseen };
  if (pipelines.head === undefined) {
    return { kind: 'not-compared', because: 'the pipeline of this run is not known' };
  }
  const compared = await compareModels(
    {
      head,
      base: before.digest,
      pipeline: pipelines.head,
      store,
      temporary: effects.env['TMPDIR'] ?? tmpdir(),
    },
    effects,
  );
  if (compared.kind === 'compared') return compared;
  const note = `The two models were not run side by side: ${compared.because}. A store that both branches share would help.`;
  return { kind: 'not-compared', because: compared.because, note };
}

function recordedComparison(head: RunRecord, base: Digest): readonly PairedDifference[] | undefined {
  const name = head.gates?.baselines?.find(({ digest }) => digest === base)?.name;
  return head.gates?.comparisons?.find(({ baseline }) => baseline === name)?.differences;
}

/** Why rows that are held out now may be rows that the other model was trained on; `undefined` when they are not. */
function otherSides(run: RunRecord, { base, head }: Pipelines): string | undefined {
  if (base === undefined || head === undefined) return 'how the baseline split its data is not known';
  for (const [name, dataset] of head.datasets) {
    const before = base.datasets.get(name);
    if (before === undefined || run.data[name] === undefined) continue;
    const same =
      before.key.join('\0') === dataset.key.join('\0') &&
      before.split.test === dataset.split.test &&
      before.split.salt === dataset.split.salt;
    if (!same)
      return `the split of ${name} changed, so that the other model may know rows that are held out now`;
  }
  return undefined;
}

function baseFacts({ baseline, target }: FoundBaseline, measured: Measured): BaseFacts {
  const named = target === undefined ? {} : { target };
  switch (baseline.kind) {
    case 'record': {
      const { kind, run, mergeBase, behind } = baseline;
      return { kind, run, target: target!, mergeBase, behind };
    }
    case 'elsewhere':
      return measured.kind === 'compared'
        ? { kind: 're-evaluated', run: baseline.run, target: target!, because: baseline.because }
        : {
            kind: 'none',
            ...named,
            because: `${baseline.because}, and the model of ${target} cannot be run on these rows: ${measured.because}`,
          };
    case 'none':
      return { kind: 'none', ...named, because: baseline.because };
  }
}

/** What an `evaluate` step found of the chosen model, with its curves; nothing where the bytes are not at hand. */
async function evaluationOf<Side extends string>(
  run: RunRecord | undefined,
  store: Store,
  side: Side,
): Promise<{ readonly [side in Side]?: Evaluation }> {
  const digest = run?.model?.digest;
  if (run === undefined || digest === undefined) return {};
  for (const step of run.steps.toReversed()) {
    const artifact = step.artifacts.find(({ name }) => name === 'evaluation');
    const bytes = artifact === undefined ? undefined : await store.read(artifact.digest);
    if (bytes?.ok !== true) continue;
    const candidate = candidatesIn(bytes.value).find((each) => each.digest === digest);
    if (candidate !== undefined) return { [side]: candidate.evaluation } as { [side in Side]?: Evaluation };
  }
  return {};
}

/** A command may call its output `evaluation` too. */
function candidatesIn(bytes: Uint8Array): EvaluationFile['candidates'] {
  try {
    const file = JSON.parse(new TextDecoder().decode(bytes)) as Partial<EvaluationFile> | null;
    return file?.version === 1 && Array.isArray(file.candidates) ? file.candidates : [];
  } catch {
    return [];
  }
}

/** Contracts as the run had them: `run` keeps their bytes. */
async function contractTexts({ data }: RunRecord, store: Store): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {};
  for (const [name, { contract }] of Object.entries(data)) {
    const bytes = contract === undefined ? undefined : await store.read(contract.digest);
    if (bytes?.ok === true) texts[name] = new TextDecoder().decode(bytes.value);
  }
  return texts;
}
