import type { Digest, Failure, Json, JsonScalar, Result, Verdict } from '../base/index.ts';
import { success, worstVerdict } from '../base/index.ts';
import type { ContractVerdict } from '../contract/index.ts';
import type { DataProfile, DatasetFacts } from '../data/index.ts';
import type { Baseline, ChoiceFile, EvaluationFile, GateReport, LatencyFile } from '../evaluate/index.ts';
import { readModel } from '../onnx/index.ts';
import type { Artifact, Outcome, Pipeline, StepOutcome } from '../pipeline/index.ts';
import type {
  CodeState,
  DataState,
  Environment,
  ModelRecord,
  RunId,
  RunRecord,
  StepRecord,
} from './record.ts';

/** What a record says that the outcome of the plan does not. */
export interface RunCircumstances {
  readonly id: RunId;
  readonly startedAt: Date;
  readonly trigger: RunRecord['trigger'];
  readonly code: CodeState | null;
  readonly environment: Environment;
  /** Verified bytes of the store. */
  readonly read: (digest: Digest) => Promise<Result<Uint8Array, Failure>>;
}

/** Makes the record of a run out of what its steps left behind. Bytes that cannot be read are a failure. */
export async function recordOf(
  pipeline: Pipeline,
  outcome: Outcome,
  circumstances: RunCircumstances,
): Promise<Result<RunRecord, Failure>> {
  const { read } = circumstances;
  const data: Record<string, DataState> = {};
  for (const name of pipeline.datasets.keys()) {
    const state = await dataState(pipeline, outcome, name, read);
    if (!state.ok) return state;
    data[name] = state.value;
  }
  const steps: StepRecord[] = [];
  for (const step of outcome.steps) {
    const record = await stepRecord(step, read);
    if (!record.ok) return record;
    steps.push(record.value);
  }
  const measured = await evaluationsOf(outcome, read);
  if (!measured.ok) return measured;
  const models = await modelRecords(outcome, measured.value, read);
  if (!models.ok) return models;
  const model = await chosenModel(pipeline, outcome, read);
  if (!model.ok) return model;
  const gates = await firstJson<GateReport>(outcome, 'gates', 'gates', read);
  if (!gates.ok) return gates;
  return success({
    version: 1,
    id: circumstances.id,
    pipeline: pipeline.file.name,
    ...(pipeline.file.description === undefined ? {} : { description: pipeline.file.description }),
    startedAt: circumstances.startedAt.toISOString(),
    seconds: round(outcome.seconds),
    trigger: circumstances.trigger,
    status: outcome.status,
    verdict: overallVerdict(outcome, data, gates.value, (pipeline.file.model?.gates ?? []).length > 0),
    code: circumstances.code,
    params: outcome.plan.params,
    data,
    steps,
    models: models.value,
    ...(model.value === undefined ? {} : { model: model.value }),
    ...measuredTogether(measured.value),
    ...(gates.value === undefined ? {} : { gates: { ...gates.value, baselines: baselinesOf(outcome) } }),
    environment: circumstances.environment,
  });
}

/** Missing is not passing: gates that were declared and not judged leave the verdict open, unless something failed. */
function overallVerdict(
  outcome: Outcome,
  data: Readonly<Record<string, DataState>>,
  gates: GateReport | undefined,
  gatesDeclared: boolean,
): Verdict {
  const verdicts = Object.values(data).flatMap((state) =>
    state.checks === undefined ? [] : [state.checks.verdict],
  );
  if (gates !== undefined) verdicts.push(gates.verdict);
  if (outcome.status !== 'succeeded' || (gatesDeclared && gates === undefined)) verdicts.push('inconclusive');
  return worstVerdict(verdicts);
}

type Read = RunCircumstances['read'];

async function dataState(
  pipeline: Pipeline,
  outcome: Outcome,
  name: string,
  read: Read,
): Promise<Result<DataState, Failure>> {
  const prepared = `data.${name}`;
  const facts = await firstJson<DatasetFacts>(outcome, prepared, 'facts', read);
  if (!facts.ok) return facts;
  const profile = await firstJson<DataProfile>(outcome, prepared, 'profile', read);
  if (!profile.ok) return profile;
  const checks = await validationOf(outcome, name, read);
  if (!checks.ok) return checks;
  const contract = pipeline.contracts.get(name);
  return success({
    ...(facts.value === undefined ? {} : { fingerprint: facts.value.fingerprint, rows: facts.value.rows }),
    files: facts.value?.files ?? [],
    strata: facts.value?.strata ?? [],
    ...(contract === undefined
      ? {}
      : { contract: { file: contract.file, digest: contract.digest, version: contract.version } }),
    ...(checks.value === undefined ? {} : { checks: checks.value }),
    ...(profile.value === undefined ? {} : { profile: profile.value }),
  });
}

async function validationOf(
  outcome: Outcome,
  dataset: string,
  read: Read,
): Promise<Result<ContractVerdict | undefined, Failure>> {
  const step = outcome.plan.steps.find(
    ({ work }) =>
      work.kind === 'builtin' && work.request.uses === 'validate' && work.request.dataset.name === dataset,
  );
  if (step === undefined) return success(undefined);
  const done = outcome.steps.find(({ id }) => id === step.id);
  return readJson<ContractVerdict>(done?.outputs, 'verdict', read);
}

async function stepRecord(step: StepOutcome, read: Read): Promise<Result<StepRecord, Failure>> {
  const metrics = step.step.startsWith('data.')
    ? success(undefined)
    : await readJson<Json>(step.outputs, 'metrics', read);
  if (!metrics.ok) return metrics;
  return success({
    id: step.id,
    step: step.step,
    matrix: step.matrix,
    needs: step.needs,
    status: step.status,
    ...(step.fingerprint === undefined ? {} : { fingerprint: step.fingerprint }),
    seconds: round(step.seconds),
    attempts: step.attempts,
    artifacts: step.log === undefined ? step.outputs : [...step.outputs, step.log],
    ...(step.failure === undefined
      ? {}
      : { failure: { code: step.failure.code, message: step.failure.message } }),
    ...(step.because === undefined ? {} : { because: step.because }),
    ...(metrics.value === undefined ? {} : { selfReported: flatten(metrics.value) }),
  });
}

type Evaluations = readonly (EvaluationFile & { readonly latency: LatencyFile | undefined })[];

/** What commands say of themselves is never a measurement, whatever they call their outputs. */
function builtInSteps(outcome: Outcome): readonly StepOutcome[] {
  const builtIn = new Set(
    outcome.plan.steps.filter(({ work }) => work.kind === 'builtin').map(({ id }) => id),
  );
  return outcome.steps.filter(({ id }) => builtIn.has(id));
}

async function evaluationsOf(outcome: Outcome, read: Read): Promise<Result<Evaluations, Failure>> {
  const found: Evaluations[number][] = [];
  for (const step of builtInSteps(outcome)) {
    const evaluation = await readJson<EvaluationFile>(step.outputs, 'evaluation', read);
    if (!evaluation.ok) return evaluation;
    const latency = await readJson<LatencyFile>(step.outputs, 'latency', read);
    if (!latency.ok) return latency;
    if (evaluation.value !== undefined) found.push({ ...evaluation.value, latency: latency.value });
  }
  return success(found);
}

/** With several `evaluate` steps, the last one speaks for the run. */
function measuredTogether(evaluations: Evaluations): Pick<RunRecord, 'mainMetric' | 'differences'> {
  const last = evaluations.at(-1);
  return last === undefined ? {} : { mainMetric: last.mainMetric, differences: last.differences };
}

function baselinesOf({ plan }: Outcome): readonly Baseline[] {
  return plan.steps.flatMap(({ work }) =>
    work.kind === 'builtin' && work.request.uses === 'gates' ? work.request.baselines : [],
  );
}

/** Without the curves, which are in the step's artifact `evaluation`: a record stays small enough to keep thousands. */
function evaluationOf(step: string, evaluations: Evaluations): ModelRecord['evaluation'] {
  for (const { candidates, latency } of evaluations.toReversed()) {
    const candidate = candidates.find((each) => each.step === step);
    if (candidate === undefined) continue;
    const { curves: _, ...evaluation } = candidate.evaluation;
    const measured = latency?.models[step];
    return { ...evaluation, ...(measured === undefined ? {} : { latency: measured }) };
  }
  return undefined;
}

async function modelRecords(
  outcome: Outcome,
  evaluations: Evaluations,
  read: Read,
): Promise<Result<ModelRecord[], Failure>> {
  const choosing = new Set(
    outcome.plan.steps
      .filter(({ work }) => work.kind === 'builtin' && work.request.uses === 'choose')
      .map(({ id }) => id),
  );
  const models: ModelRecord[] = [];
  const builtIn = new Set(builtInSteps(outcome));
  for (const step of outcome.steps) {
    const artifact = step.outputs.find(({ name }) => name === 'model');
    if (artifact === undefined || choosing.has(step.id)) continue;
    const bytes = await read(artifact.digest);
    if (!bytes.ok) return bytes;
    const info = await readModel(bytes.value);
    if (!info.ok) return info;
    const outputs = builtIn.has(step) ? step.outputs : [];
    const training = await readJson<{ facts: Record<string, JsonScalar> }>(outputs, 'training', read);
    if (!training.ok) return training;
    const evaluation = evaluationOf(step.id, evaluations);
    models.push({
      step: step.id,
      digest: artifact.digest,
      bytes: artifact.bytes,
      signature: { inputs: info.value.inputs, outputs: info.value.outputs, opsets: info.value.opsets },
      ...(evaluation === undefined ? {} : { evaluation }),
      ...(training.value === undefined ? {} : { training: training.value.facts }),
    });
  }
  return success(models);
}

async function chosenModel(
  pipeline: Pipeline,
  outcome: Outcome,
  read: Read,
): Promise<Result<RunRecord['model'], Failure>> {
  const from = pipeline.file.model?.from;
  const step = outcome.steps.find(({ step }) => step === from);
  const artifact = step?.outputs.find(({ name }) => name === 'model');
  if (from === undefined || step === undefined || artifact === undefined) return success(undefined);
  const outputs = builtInSteps(outcome).includes(step) ? step.outputs : [];
  const choice = await readJson<ChoiceFile>(outputs, 'choice', read);
  if (!choice.ok) return choice;
  return success({
    from,
    step: choice.value?.step ?? step.id,
    digest: artifact.digest,
    ...(choice.value === undefined ? {} : { choice: choice.value }),
  });
}

async function firstJson<T>(
  outcome: Outcome,
  step: string,
  output: string,
  read: Read,
): Promise<Result<T | undefined, Failure>> {
  return readJson<T>(outcome.steps.find(({ id }) => id === step)?.outputs, output, read);
}

/** Our own steps wrote these files, and the store verified them: their shape is trusted. */
async function readJson<T>(
  outputs: readonly Artifact[] | undefined,
  name: string,
  read: Read,
): Promise<Result<T | undefined, Failure>> {
  const artifact = outputs?.find((output) => output.name === name);
  if (artifact === undefined) return success(undefined);
  const bytes = await read(artifact.digest);
  if (!bytes.ok) return bytes;
  return success(JSON.parse(new TextDecoder().decode(bytes.value)) as T);
}

/** More than this is no summary: what comes after is left out, and stays in the artifact. */
const mostNumbers = 10_000;
const deepest = 64;

/**
 * Numbers of nested JSON by their path, dots between: how `dvc metrics` names them. Anything else is left out, as is
 * `1e999`, which JSON can say and a record cannot.
 */
export function flatten(value: Json): Record<string, number> {
  const found: [string, number][] = [];
  const visit = (at: Json, prefix: string, depth: number): void => {
    if (found.length >= mostNumbers || depth > deepest) return;
    if (typeof at === 'number' && Number.isFinite(at)) found.push([prefix, at]);
    if (at === null || typeof at !== 'object') return;
    for (const [key, member] of Object.entries(at)) {
      visit(member as Json, prefix === '' ? key : `${prefix}.${key}`, depth + 1);
    }
  };
  visit(value, '', 0);
  return Object.fromEntries(found);
}

/** Milliseconds are as fine as a clock deserves. */
function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
