import { join } from 'node:path';
import type { Failure, Result, Verdict } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { EvaluateFailure, Latency, LatencyFile } from '../evaluate/index.ts';
import {
  evaluateModels,
  evaluateFailures as failures,
  measureLatency,
  shownEstimate,
} from '../evaluate/index.ts';
import type { HeldOut, OpenModel } from './held-out.ts';
import { openModel, readHeldOut } from './held-out.ts';
import { personalColumns } from './personal-columns.ts';
import { writePredictions } from './predictions-file.ts';
import type { EvaluateRequest, StepCall } from './request.ts';
import { writeJson } from './write-json.ts';

/** A line for people in the step's log. */
export type Say = (line: string) => void;
/** The share of the work that is done, 0 to 1, and what is being done. */
export type Progress = (share: number, note: string) => void;

/**
 * Runs every model on the held-out rows and measures it: `evaluation.json`, `predictions/<n>.parquet` in the order of
 * `request.models`, and `latency.json`.
 *
 * @param clock milliseconds, with fractions; only for latency
 */
export async function evaluate(
  request: EvaluateRequest,
  call: StepCall,
  say: Say,
  progress: Progress,
  clock: () => number = () => performance.now(),
): Promise<Result<Verdict, Failure | readonly Failure[]>> {
  const personal = await personalColumns(request.dataset, call);
  if (!personal.ok) return personal;
  const sliced = request.slices.find(({ column }) => personal.value.has(column));
  if (sliced !== undefined) return failed(failures.slicePersonal(sliced.column));
  const heldOut = await readHeldOut(request.dataset, call);
  if (!heldOut.ok) return heldOut;
  if (heldOut.value.withoutTarget > 0) {
    say(`${heldOut.value.withoutTarget} held-out rows have no ${heldOut.value.target} and are left out`);
  }

  const models = await openModels(request.models, call);
  if (!models.ok) return models;
  try {
    return await measureModels(request, call, {
      heldOut: heldOut.value,
      models: models.value,
      personal: personal.value,
      say,
      progress,
      clock,
    });
  } finally {
    for (const model of models.value) await model[Symbol.asyncDispose]();
  }
}

async function openModels(
  steps: readonly string[],
  call: StepCall,
): Promise<Result<readonly OpenModel[], EvaluateFailure>> {
  const models: OpenModel[] = [];
  for (const step of steps) {
    const model = await openModel({ call, input: `${step}/model`, step });
    if (!model.ok) return model;
    models.push(model.value);
  }
  return models.length === 0 ? failed(failures.noModels()) : success(models);
}

interface Parts {
  readonly heldOut: HeldOut;
  readonly models: readonly OpenModel[];
  readonly personal: ReadonlySet<string>;
  readonly say: Say;
  readonly progress: Progress;
  readonly clock: () => number;
}

async function measureModels(
  request: EvaluateRequest,
  call: StepCall,
  { heldOut, models, personal, say, progress, clock }: Parts,
): Promise<Result<Verdict, Failure | readonly Failure[]>> {
  for (const { step, repairs } of models) for (const repair of repairs) say(`${step}: ${repair}`);
  const evaluated = await evaluateModels({
    ...heldOut,
    models,
    slices: request.slices,
    resamples: request.resamples,
    importanceRepeats: request.importanceRepeats,
    seed: request.seed,
    onProgress: (share, note) => progress(share * 0.9, note),
  });
  if (!evaluated.ok) return evaluated;
  const { file, samples } = evaluated.value;
  progress(0.9, 'predictions');
  for (const [n, sample] of samples.entries()) {
    const path = join(call.out, 'predictions', `${n}.parquet`);
    await writePredictions({ path, heldOut, sample, key: request.dataset.key, personal });
  }
  progress(0.95, 'latency');
  const latency = await latencies(models, heldOut, clock);
  if (!latency.ok) return latency;
  await writeJson(join(call.out, 'evaluation.json'), file);
  await writeJson(join(call.out, 'latency.json'), latency.value);
  for (const { step, evaluation } of file.candidates) {
    const estimate = evaluation.metrics[file.mainMetric];
    say(`${step}: ${file.mainMetric} ${estimate === undefined ? 'missing' : shownEstimate(estimate)}`);
  }
  return success('pass');
}

async function latencies(
  models: readonly OpenModel[],
  heldOut: HeldOut,
  clock: () => number,
): Promise<Result<LatencyFile, EvaluateFailure>> {
  const measured: Record<string, Latency> = {};
  for (const model of models) {
    const latency = await measureLatency({ predict: model.predict, table: heldOut.table, clock });
    if (!latency.ok) return failed(failures.modelUnusable(model.step, latency.failure));
    if (latency.value !== undefined) measured[model.step] = latency.value;
  }
  return success({ version: 1, models: measured });
}
