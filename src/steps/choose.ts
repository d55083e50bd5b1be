import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure, Result, Verdict } from '../base/index.ts';
import { digestOfBytes, failed, success } from '../base/index.ts';
import type { Candidate, ChoiceFile, EvaluateFailure, EvaluationFile } from '../evaluate/index.ts';
import {
  bestByMetric,
  evaluateFailures as failures,
  metricDefinition,
  metricsOf,
  shownEstimate,
} from '../evaluate/index.ts';
import type { Progress, Say } from './evaluate.ts';
import { readInput, readJsonInput } from './held-out.ts';
import type { ChooseRequest, StepCall } from './request.ts';
import { writeJson } from './write-json.ts';

/**
 * Takes the best candidate by a metric, the first of equals: `model.onnx`, a copy of its bytes, and `choice.json`.
 * A candidate that does not have the metric is left out, and named.
 */
export async function choose(
  request: ChooseRequest,
  call: StepCall,
  say: Say,
  progress: Progress,
): Promise<Result<Verdict, Failure>> {
  const name = `${request.evaluate}/evaluation`;
  const file = await readJsonInput<EvaluationFile>(call, name);
  if (!file.ok) return file;
  const choice = chooseBest(request.metric, file.value);
  if (!choice.ok) return choice;
  const input = `${choice.value.step}/model`;
  const bytes = await readInput(call, input);
  if (!bytes.ok) return bytes;
  if (digestOfBytes(bytes.value) !== choice.value.digest) {
    return failed(failures.inputUnreadable(input, 'it is not the model that was evaluated'));
  }
  await writeFile(join(call.out, 'model.onnx'), bytes.value, { flag: 'wx' });
  await writeJson(join(call.out, 'choice.json'), choice.value);
  const { step, metric, estimate, among } = choice.value;
  say(`${step} is the best of ${among} by ${metric}: ${shownEstimate(estimate)}`);
  progress(1, 'chosen');
  return success('pass');
}

function chooseBest(metric: string, file: EvaluationFile): Result<ChoiceFile, EvaluateFailure> {
  const { candidates } = file;
  const task = candidates[0]?.evaluation.task;
  if (task === undefined) return failed(failures.noModels());
  const known = metricsOf(task).map(({ name }) => name);
  if (!known.includes(metric)) {
    const problem = metricDefinition(metric) === undefined ? 'does not exist' : `is not for ${task}`;
    return failed(failures.metricUnknown(metric, problem, known));
  }
  const [best, second] = bestByMetric(
    metric,
    candidates.map(({ evaluation }) => evaluation.metrics[metric]),
  );
  const excluded = candidates
    .filter(({ evaluation }) => evaluation.metrics[metric] === undefined)
    .map(({ step, evaluation }) => ({ step, reason: evaluation.missing[metric] ?? 'it was not measured' }));
  if (best === undefined) {
    return failed(
      failures.noCandidate(
        metric,
        excluded.map(({ step, reason }) => `${step}: ${reason}`),
      ),
    );
  }
  const chosen = candidates[best]!;
  const runnerUp = second === undefined ? undefined : differenceOf(file, metric, candidates[second]!);
  const among = candidates.length - excluded.length;
  return success({
    version: 1,
    step: chosen.step,
    digest: chosen.digest,
    metric,
    estimate: chosen.evaluation.metrics[metric]!,
    among,
    ...(runnerUp === undefined ? {} : { runnerUp }),
    excluded,
    ...(among < 2
      ? {}
      : {
          note:
            `The best of ${among} on the same held-out rows: its ${metric} is a little better than new rows will ` +
            'show, because the choice also picked luck.',
        }),
  });
}

function differenceOf(file: EvaluationFile, metric: string, other: Candidate): ChoiceFile['runnerUp'] {
  const found = file.differences
    .find((differences) => differences.metric === metric)
    ?.others.find(({ step }) => step === other.step);
  return found === undefined ? undefined : { step: other.step, difference: found.difference };
}
