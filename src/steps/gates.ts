import { join } from 'node:path';
import type { Failure, Result, Verdict } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { BaselineAnswer, EvaluateFailure, EvaluationFile, Sample } from '../evaluate/index.ts';
import { evaluateFailures as failures, judgeGates, runModel, sampleMismatch } from '../evaluate/index.ts';
import type { Progress, Say } from './evaluate.ts';
import type { HeldOut } from './held-out.ts';
import { openModel, readHeldOut, readJsonInput } from './held-out.ts';
import { personalColumns } from './personal-columns.ts';
import type { GatesRequest, StepCall } from './request.ts';
import { writeJson } from './write-json.ts';

/**
 * Judges the pipeline's model by its gates: `gates.json`. The model and each baseline run on today's held-out rows,
 * so that what is compared was measured in the same way; with the seed and the resamples of the `evaluate` step the
 * numbers are those of `evaluation.json`. The result is the verdict of the whole.
 */
export async function gates(
  request: GatesRequest,
  call: StepCall,
  say: Say,
  progress: Progress,
): Promise<Result<Verdict, Failure | readonly Failure[]>> {
  const personal = await personalColumns(request.dataset, call);
  if (!personal.ok) return personal;
  const sliced = request.gates.find((gate) => 'slice' in gate && personal.value.has(gate.slice));
  if (sliced !== undefined && 'slice' in sliced) return failed(failures.slicePersonal(sliced.slice));
  const heldOut = await readHeldOut(request.dataset, call);
  if (!heldOut.ok) return heldOut;
  const model = await answersOf(`${request.model}/model`, request.model, heldOut.value, call);
  if (!model.ok) return model;
  const evaluation = await readJsonInput<EvaluationFile>(call, `${request.evaluate}/evaluation`);
  if (!evaluation.ok) return evaluation;
  if (!evaluation.value.candidates.some(({ digest }) => digest === model.value.digest)) {
    return failed(failures.modelUnmeasured(request.model));
  }

  const baselines = new Map<string, BaselineAnswer>();
  for (const [n, baseline] of request.baselines.entries()) {
    progress((0.5 * n) / request.baselines.length, `baseline ${baseline.name}`);
    baselines.set(baseline.name, await baselineAnswer(baseline, model.value.sample, heldOut.value, call));
  }
  progress(0.5, 'gates');
  const report = judgeGates({
    gates: request.gates,
    sample: model.value.sample,
    table: heldOut.value.table,
    slices: request.slices,
    baselines,
    resamples: request.resamples,
    seed: request.seed,
  });
  if (!report.ok) return report;
  await writeJson(join(call.out, 'gates.json'), report.value);
  for (const { verdict, reason } of report.value.results) say(`${verdict}: ${reason}`);
  return success(report.value.verdict);
}

async function answersOf(
  input: string,
  step: string,
  heldOut: HeldOut,
  call: StepCall,
): Promise<Result<{ sample: Sample; digest: string }, EvaluateFailure>> {
  const model = await openModel({ call, input, step });
  if (!model.ok) return model;
  try {
    const sample = await runModel(model.value, heldOut);
    return sample.ok ? success({ sample: sample.value, digest: model.value.digest }) : sample;
  } finally {
    await model.value[Symbol.asyncDispose]();
  }
}

/** A baseline that does not run today is no reason to stop: the gate says that nothing can be compared. */
async function baselineAnswer(
  baseline: GatesRequest['baselines'][number],
  model: Sample,
  heldOut: HeldOut,
  call: StepCall,
): Promise<BaselineAnswer> {
  const { name, digest, origin, problem } = baseline;
  if (problem !== undefined) return { kind: 'unusable', origin, problem };
  if (digest === undefined) return { kind: 'none', origin };
  const answers = await answersOf(`baseline/${name}`, `baseline ${name}`, heldOut, call);
  if (!answers.ok) return { kind: 'unusable', origin, problem: answers.failure.message };
  const { sample } = answers.value;
  if (answers.value.digest !== digest) {
    return { kind: 'unusable', origin, problem: 'its bytes are not those of the baseline' };
  }
  const mismatch = sampleMismatch(model, sample);
  return mismatch === undefined
    ? { kind: 'answered', origin, sample }
    : { kind: 'unusable', origin, problem: mismatch };
}
