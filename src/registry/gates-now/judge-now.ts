import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure, Result } from '../../base/index.ts';
import { digestOfJson, failed, success } from '../../base/index.ts';
import type { Baseline, Gate, GateReport } from '../../evaluate/index.ts';
import type { Artifact, Outcome, Plan, PlannedStep } from '../../pipeline/index.ts';
import { execute, makePlan, openLocalState, thisMachine } from '../../pipeline/index.ts';
import type { GatesRequest } from '../../steps/index.ts';
import type { Store } from '../../store/index.ts';
import { openStore } from '../../store/index.ts';
import { baselinesNow } from './baselines-now.ts';
import { judgingCancelled } from './failures.ts';
import type { GatesNow, GatesQuestion, GatesWorld, RowsNow } from './gates-now.ts';
import { overlayStore } from './overlay-store.ts';
import type { RowsChoice } from './rows-now.ts';
import { chooseRows } from './rows-now.ts';

/**
 * Judges a version by the gates of its pipeline as they are now: its exact bytes, and those of what stands in the
 * named stages now, on held-out rows that it never saw. The built-in `gates` step does it, in a process of its own.
 * Whatever is missing makes the answer `inconclusive` and says what would help; the project's store, cache and
 * outputs stay as they are.
 */
export async function judgeNow(
  question: GatesQuestion,
  world: GatesWorld,
): Promise<Result<GatesNow, readonly Failure[]>> {
  const gates = question.pipeline.file.model?.gates ?? [];
  if (gates.length === 0) return success({ report: { verdict: 'pass', results: [] }, baselines: [] });
  const baselines = await baselinesNow(question);
  if (!baselines.ok) return failed([baselines.failure]);
  const open = (because: string): Result<GatesNow, never> =>
    success({ report: inconclusive(gates, because), baselines: baselines.value });
  const model = await question.store.verify(question.digest);
  if (!model.ok) {
    return open(
      `the model ${question.digest} cannot be read: ${model.failure.message}; run its commit again, or share a store`,
    );
  }
  const plan = await planNow(question, baselines.value, world);
  if (!plan.ok) return open(sentenceOf(plan.failure));
  const step = plan.value.steps.find(({ work }) => work.kind === 'builtin' && work.request.uses === 'gates');
  if (step === undefined) return open('no evaluate step of the pipeline measures its model');
  const folder = await mkdtemp(join(world.temporary, 'trainyard-gates-'));
  try {
    const judged = await judgeIn(folder, { question, plan: plan.value, step }, world);
    if (!judged.ok) return judged;
    return 'because' in judged.value
      ? open(judged.value.because)
      : success({ ...judged.value, baselines: baselines.value });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function planNow(
  { pipeline, store, local }: GatesQuestion,
  baselines: readonly Baseline[],
  { env }: GatesWorld,
): ReturnType<typeof makePlan> {
  return makePlan(pipeline, { baselines, env, machine: thisMachine(), store, state: local });
}

interface Judging {
  readonly question: GatesQuestion;
  readonly plan: Plan;
  /** The step that judges. */
  readonly step: PlannedStep;
}

type Judged = Pick<GatesNow, 'report'> & { readonly rows: RowsNow };

async function judgeIn(
  folder: string,
  judging: Judging,
  world: GatesWorld,
): Promise<Result<Judged | { readonly because: string }, readonly Failure[]>> {
  const { question, step } = judging;
  const { pipeline, record, repository, store, local } = question;
  const { dataset } = requestOf(step);
  const own = await openStore(`file:${join(folder, 'store')}`, { root: folder });
  if (!own.ok) return failed([own.failure]);
  const bench: Bench = { ...judging, folder, dataset: dataset.name, store: overlayStore(own.value, store) };
  const choice = await chooseRows({ pipeline, dataset, record, repository, store, local });
  if (choice.kind === 'none') return success({ because: choice.because });
  const first = await judgeOn(choice, bench, world);
  if (!first.ok || 'report' in first.value) return first;
  if (choice.kind === 'run' || choice.otherwise === undefined) return first;
  const because = `today's cannot be used (${first.value.because})`;
  return await judgeOn({ kind: 'run', digest: choice.otherwise, because }, bench, world);
}

interface Bench extends Judging {
  readonly folder: string;
  readonly dataset: string;
  readonly store: Store;
}

async function judgeOn(
  choice: Exclude<RowsChoice, { kind: 'none' }>,
  bench: Bench,
  world: GatesWorld,
): Promise<Result<Judged | { readonly because: string }, readonly Failure[]>> {
  const { question, store, folder, dataset } = bench;
  const plan = await cutPlan(choice, bench);
  if (!plan.ok) return failed([plan.failure]);
  const outcome = await execute(plan.value, {
    pipeline: question.pipeline,
    store,
    state: openLocalState({
      root: question.pipeline.root,
      now: () => world.now().getTime(),
      folder: join(folder, choice.kind),
    }),
    env: world.env,
    jobs: 1,
    cores: world.cpus,
    signal: world.signal,
    listener: () => undefined,
    now: () => world.now().getTime(),
    seed: 0,
  });
  if (outcome.status === 'cancelled') return failed([judgingCancelled()]);
  const report = outputOf(outcome, bench.step.id, 'gates');
  const rows = outputOf(outcome, `data.${dataset}`, 'held-out');
  if (report === undefined || rows === undefined) return success({ because: problemOf(outcome) });
  const bytes = await store.read(report.digest);
  if (!bytes.ok) return failed([bytes.failure]);
  return success({
    report: JSON.parse(new TextDecoder().decode(bytes.value)) as GateReport,
    rows: { of: choice.kind, dataset, digest: rows.digest, because: choice.because },
  });
}

/**
 * The part of the plan that judges: the version stands in for the model that the pipeline would choose, and the rows of
 * its run, where they are taken, for those that the data would give.
 */
async function cutPlan(
  choice: Exclude<RowsChoice, { kind: 'none' }>,
  { plan, step, dataset, question, store }: Bench,
): Promise<Result<Plan, Failure>> {
  const request = requestOf(step);
  const data = `data.${dataset}`;
  const { digest } = question;
  const evaluation = await store.putBytes(
    JSON.stringify({ version: 1, dataset, candidates: [{ step: request.model, digest }] }),
  );
  if (!evaluation.ok) return evaluation;
  const log = await store.putBytes('');
  if (!log.ok) return log;
  const given = (id: string, outputs: readonly Artifact[]): PlannedStep => {
    const planned = plan.steps.find((each) => each.id === id)!;
    const { condition: _, ...rest } = planned;
    const fingerprint = digestOfJson(outputs.map((output) => ({ ...output })));
    const entry = {
      version: 1,
      fingerprint,
      outputs,
      log: { name: 'log', ...log.value },
      seconds: 0,
    } as const;
    return { ...rest, needs: [], reads: [], decision: { kind: 'cached', fingerprint, entry } };
  };
  const rows =
    choice.kind === 'run'
      ? [given(data, [{ name: 'held-out', digest: choice.digest, bytes: 0 }])]
      : withNeeds(plan, data);
  const judge: PlannedStep = {
    ...step,
    needs: [data, request.model, request.evaluate],
    decision: { kind: 'pending', on: [data], reasons: [{ kind: 'forced' }] },
  };
  return success({
    ...plan,
    steps: [
      ...rows,
      given(request.model, [{ name: 'model', digest, bytes: 0 }]),
      given(request.evaluate, [{ name: 'evaluation', ...evaluation.value }]),
      judge,
    ],
  });
}

/** A step with everything that it needs, in order. */
function withNeeds(plan: Plan, id: string): readonly PlannedStep[] {
  const wanted = new Set([id]);
  for (const step of plan.steps.toReversed()) {
    if (wanted.has(step.id)) for (const need of step.needs) wanted.add(need);
  }
  return plan.steps.filter((step) => wanted.has(step.id));
}

function requestOf({ work }: PlannedStep): GatesRequest {
  if (work.kind === 'builtin' && work.request.uses === 'gates') return work.request;
  throw new TypeError('not the step that judges');
}

function outputOf(outcome: Outcome, id: string, name: string): Artifact | undefined {
  const step = outcome.steps.find((each) => each.id === id);
  return step?.outputs.find((output) => output.name === name);
}

function problemOf({ steps }: Outcome): string {
  const broken = steps.find(({ status }) => status === 'rejected' || status === 'failed');
  if (broken?.failure !== undefined) return `${broken.id}: ${broken.failure.message}`;
  if (broken?.status === 'rejected') return `${broken.id} says no`;
  return 'the gates were not reached';
}

function sentenceOf(failures: readonly Failure[]): string {
  return failures
    .map(({ message, remedy }) => (remedy === undefined ? message : `${message}. ${remedy}`))
    .join('; ');
}

function inconclusive(gates: readonly Gate[], reason: string): GateReport {
  return {
    verdict: 'inconclusive',
    results: gates.map((gate) => ({ gate, verdict: 'inconclusive', reason })),
  };
}
