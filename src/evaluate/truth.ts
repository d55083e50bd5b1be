import type { JsonScalar, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { ClassPrediction, Prediction, ValuePrediction } from '../onnx/index.ts';
import type { Column } from '../sql/index.ts';
import type { EvaluateFailure } from './failures.ts';
import * as failures from './failures.ts';
import type { ClassSample, Sample, ValueSample } from './sample.ts';

/** How far the probabilities of a row may be from a sum of 1: what single precision loses over many classes. */
const sumTolerance = 1e-4;

/**
 * Sets what a model said of rows beside their truth. Classes are brought into one order (numbers by value, other
 * texts by code units), so that samples of several models can be compared.
 *
 * @param truth the target column, without missing values, in the order of the prediction's rows
 */
export function sampleOf(options: {
  readonly model: string;
  readonly truth: Column;
  readonly prediction: Prediction;
  readonly positive?: JsonScalar;
}): Result<Sample, EvaluateFailure> {
  const { model, truth, prediction } = options;
  const rows = truth.values.length;
  const answered = prediction.task === 'classification' ? prediction.labels.length : prediction.values.length;
  if (answered !== rows || prediction.rows !== rows) {
    return failed(failures.rowsDiffer(model, rows, answered === rows ? prediction.rows : answered));
  }
  return prediction.task === 'classification'
    ? classSample(model, truth, prediction, options.positive)
    : valueSample(model, truth, prediction);
}

function valueSample(
  model: string,
  truth: Column,
  prediction: ValuePrediction,
): Result<ValueSample, EvaluateFailure> {
  if (truth.kind === 'text')
    return failed(failures.taskDiffers(model, 'it says numbers, the target is text'));
  const bad = prediction.values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const many = prediction.values.filter((value) => !Number.isFinite(value)).length;
    const more = many > 1 ? `, and ${many - 1} more are no finite numbers` : '';
    return failed(
      failures.predictionInvalid(model, `held-out row ${bad + 1} is ${prediction.values[bad]}${more}`),
    );
  }
  return success({
    task: 'regression',
    rows: truth.values.length,
    truth: truth.values,
    predicted: prediction.values,
  });
}

function classSample(
  model: string,
  truth: Column,
  prediction: ClassPrediction,
  positive: JsonScalar | undefined,
): Result<ClassSample, EvaluateFailure> {
  const classes = [...prediction.classes].sort(compareLabels);
  const problem = probabilityProblem(prediction);
  if (problem !== undefined) return failed(failures.predictionInvalid(model, problem));
  const indices = classIndices(truth, classes);
  if (!indices.ok) return failed(failures.classesDiffer(model, indices.failure));
  const positiveIndex = positiveOf(classes, positive);
  if (positiveIndex === undefined) return failed(failures.positiveUnknown(String(positive), classes));

  const width = classes.length;
  const rows = truth.values.length;
  const source = classes.map((label) => prediction.classes.indexOf(label));
  const place = Int32Array.from(prediction.classes, (label) => classes.indexOf(label));
  const probabilities = new Float64Array(rows * width);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < width; j++) {
      probabilities[i * width + j] = clamp(prediction.probabilities[i * width + source[j]!]!);
    }
  }
  return success({
    task: 'classification',
    rows,
    classes,
    ...(width === 2 ? { positive: positiveIndex } : {}),
    truth: indices.value,
    labels: prediction.labels.map((label) => place[label]!),
    probabilities,
  });
}

function probabilityProblem(prediction: ClassPrediction): string | undefined {
  const { classes, labels, probabilities, rows } = prediction;
  const width = classes.length;
  if (new Set(classes).size !== width) return `its classes are not distinct: ${classes.join(', ')}`;
  if (probabilities.length !== rows * width) return `it has ${probabilities.length} probabilities`;
  for (let i = 0; i < rows; i++) {
    if (!(labels[i]! >= 0 && labels[i]! < width)) return `the label of row ${i + 1} is none of its classes`;
    let sum = 0;
    for (let j = i * width; j < (i + 1) * width; j++) {
      const probability = probabilities[j]!;
      if (!(probability >= -sumTolerance && probability <= 1 + sumTolerance)) {
        return `row ${i + 1} has the probability ${probability}`;
      }
      sum += probability;
    }
    if (Math.abs(sum - 1) > sumTolerance) return `the probabilities of row ${i + 1} have the sum ${sum}`;
  }
  return undefined;
}

/** Single precision can put a probability a little outside of [0, 1]. */
function clamp(probability: number): number {
  return Math.min(Math.max(probability, 0), 1);
}

/** Index of the class of every row, or a sentence about the first row whose class is none of them. */
function classIndices(truth: Column, classes: readonly string[]): Result<Int32Array, string> {
  const byLabel = new Map(classes.map((label, j) => [comparable(label), j]));
  const indices = new Int32Array(truth.values.length);
  for (let i = 0; i < indices.length; i++) {
    const value = truth.values[i]!;
    const index =
      byLabel.get(comparable(String(value))) ??
      (truth.kind === 'number' ? byLabel.get(value === 1 ? 'true' : value === 0 ? 'false' : '') : undefined);
    if (index === undefined) {
      return failed(`the held-out rows have the class ${value}, the model knows ${classes.join(', ')}`);
    }
    indices[i] = index;
  }
  return success(indices);
}

/** Index of the positive class: the last one unless another is asked for. */
function positiveOf(classes: readonly string[], positive: JsonScalar | undefined): number | undefined {
  if (positive === undefined || positive === null || classes.length !== 2) return classes.length - 1;
  const wanted = [comparable(String(positive))];
  if (positive === true) wanted.push('1');
  if (positive === false) wanted.push('0');
  if (positive === 1) wanted.push('true');
  if (positive === 0) wanted.push('false');
  const index = classes.findIndex((label) => wanted.includes(comparable(label)));
  return index < 0 ? undefined : index;
}

/** One spelling for labels that mean the same: `1`, `1.0`; `True`, `true`. */
function comparable(label: string): string {
  const number = asNumber(label);
  if (number !== undefined) return String(number);
  return /^(true|false)$/i.test(label) ? label.toLowerCase() : label;
}

function asNumber(text: string): number | undefined {
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** Numbers by value, before texts by code units. */
export function compareLabels(a: string, b: string): number {
  const x = asNumber(a);
  const y = asNumber(b);
  if (x !== undefined && y !== undefined && x !== y) return x - y;
  if ((x === undefined) !== (y === undefined)) return x === undefined ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}
