import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { bestByMetric } from './best.ts';
import { confusionOf } from './class-measurer.ts';
import { curvesOf } from './curves.ts';
import type {
  Candidate,
  Evaluation,
  EvaluationFile,
  FeatureImportance,
  MetricDifferences,
  SliceEvaluation,
} from './evaluation.ts';
import type { EvaluateFailure } from './failures.ts';
import * as failures from './failures.ts';
import { permutationImportance } from './importance.ts';
import { mainMetric } from './main-metric.ts';
import type { Measured, ResamplingOptions } from './measure.ts';
import { measure, pairedDifference } from './measure.ts';
import { metricsOf, residualShares } from './metric-definitions.ts';
import { quantileOfSorted } from './quantile.ts';
import type { Question, RunnableModel } from './run-model.ts';
import { runModel } from './run-model.ts';
import type { Sample } from './sample.ts';
import { sampleMismatch, subsetOf } from './sample.ts';
import type { Slice, SliceSpec } from './slice.ts';
import { slicesOf } from './slice.ts';

export interface EvaluateOptions extends Question, ResamplingOptions {
  readonly models: readonly RunnableModel[];
  readonly slices: readonly SliceSpec[];
  readonly importanceRepeats: number;
  /** Called before each part of the work with the share that is done. */
  readonly onProgress: (share: number, note: string) => void;
}

export interface EvaluatedModels {
  readonly file: EvaluationFile;
  /** What each model said, in the order of the models. */
  readonly samples: readonly Sample[];
}

/** Measures models on the same rows: metrics with intervals, slices, curves, importance, and their differences. */
export async function evaluateModels(
  options: EvaluateOptions,
): Promise<Result<EvaluatedModels, EvaluateFailure>> {
  const slices = slicesOf(options.table, options.slices);
  if (!slices.ok) return slices;
  options.onProgress(0, 'predictions');
  const samples = await samplesOf(options);
  if (!samples.ok) return samples;
  const main = mainMetric(samples.value[0]!);

  options.onProgress(0.1, 'metrics');
  const measured = measure(samples.value, options);
  options.onProgress(0.3, 'slices');
  const sliced = slices.value.map((slice) => measureSlice(slice, samples.value, options));

  const candidates: Candidate[] = [];
  for (const [i, model] of options.models.entries()) {
    options.onProgress(0.5 + (0.5 * i) / options.models.length, `importance of columns in ${model.step}`);
    const importance = await importanceOf(model, main, options);
    if (!importance.ok) return importance;
    candidates.push({
      step: model.step,
      digest: model.digest,
      evaluation: {
        ...describe(samples.value[i]!),
        metrics: measured[i]!.metrics,
        missing: measured[i]!.missing,
        slices: sliced.map((slice) => slice[i]!),
        importance: importance.value,
        bytes: model.bytes,
      },
    });
  }
  const file: EvaluationFile = {
    version: 1,
    dataset: options.dataset,
    rows: options.table.rows,
    mainMetric: main,
    candidates,
    differences: differencesOf(options.models, measured, samples.value[0]!.task),
  };
  return success({ file, samples: samples.value });
}

/** Runs every model; all must answer the same question with the same classes. */
async function samplesOf(options: EvaluateOptions): Promise<Result<readonly Sample[], EvaluateFailure>> {
  if (options.table.rows === 0) return failed(failures.noRows(options.dataset));
  const samples: Sample[] = [];
  for (const model of options.models) {
    const sample = await runModel(model, options);
    if (!sample.ok) return sample;
    const problem = sampleMismatch(samples[0] ?? sample.value, sample.value);
    if (problem !== undefined) {
      return failed(failures.modelsDiffer(model.step, options.models[0]!.step, problem));
    }
    samples.push(sample.value);
  }
  return success(samples);
}

/** One slice, every model. Each slice has resamples of its own rows. */
function measureSlice(
  slice: Slice,
  samples: readonly Sample[],
  options: ResamplingOptions,
): readonly SliceEvaluation[] {
  const parts = samples.map((sample) => subsetOf(sample, slice.rows));
  return measure(parts, options).map(({ metrics, missing }) => ({
    column: slice.column,
    value: slice.value,
    rows: slice.rows.length,
    metrics,
    missing,
  }));
}

function importanceOf(
  model: RunnableModel,
  metric: string,
  options: EvaluateOptions,
): Promise<Result<readonly FeatureImportance[], EvaluateFailure>> {
  return permutationImportance({
    model,
    question: options,
    metric,
    repeats: options.importanceRepeats,
    seed: options.seed,
  });
}

/** What is not a metric: classes, confusion matrix, curves; or residuals. */
function describe(
  sample: Sample,
): Pick<Evaluation, 'task' | 'rows' | 'classes' | 'positive' | 'confusion' | 'curves' | 'residualQuantiles'> {
  if (sample.task === 'regression') {
    const residuals = sample.truth.map((value, i) => value - sample.predicted[i]!).sort();
    return {
      task: 'regression',
      rows: sample.rows,
      curves: {},
      residualQuantiles: residualShares.map((share) => quantileOfSorted(residuals, share)),
    };
  }
  return {
    task: 'classification',
    rows: sample.rows,
    classes: sample.classes,
    ...(sample.positive === undefined ? {} : { positive: sample.classes[sample.positive]! }),
    confusion: confusionOf(sample),
    curves: curvesOf(sample),
  };
}

/** For each metric: the best of the models that have it, and what the others are against it. */
function differencesOf(
  models: readonly RunnableModel[],
  measured: readonly Measured[],
  task: Sample['task'],
): readonly MetricDifferences[] {
  return metricsOf(task).flatMap(({ name }) => {
    const best = bestByMetric(
      name,
      measured.map(({ metrics }) => metrics[name]),
    )[0];
    if (best === undefined) return [];
    const others = models.flatMap((model, i) => {
      const difference = pairedDifference({
        metric: name,
        baseline: measured[best]!,
        candidate: measured[i]!,
      });
      return i === best || difference === undefined ? [] : [{ step: model.step, difference }];
    });
    return [{ metric: name, best: models[best]!.step, others }];
  });
}
