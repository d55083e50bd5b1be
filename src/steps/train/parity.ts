import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { FeatureMatrix, FittedFeatures } from '../../features/index.ts';
import type { Prediction } from '../../onnx/index.ts';
import { openPredictor, runOutput } from '../../onnx/index.ts';
import type { Table } from '../../sql/index.ts';
import { assembleFeatures } from './assemble.ts';
import { featuresDiffer, predictionsDiffer } from './failures.ts';

/** How far two engines may be apart: for features relative to the value, for probabilities absolute. */
const featureTolerance = 1e-12;
const predictionTolerance = 1e-6;

/** That the engines agree, measured on every training row. */
export interface Parity {
  readonly rows: number;
  readonly largestDifference: number;
  readonly prediction: Prediction;
}

export interface ParityCheck {
  readonly bytes: Uint8Array;
  readonly raw: Table;
  readonly matrix: FeatureMatrix;
  readonly fitted: FittedFeatures;
  /** The trainer's own answers on `matrix`: probabilities row by row, or values. */
  readonly trained: Float64Array;
}

/**
 * Runs the finished model on the raw columns of every training row and compares it with the trainer; and the features
 * that ONNX Runtime makes with those that SQL made. One thread: sums have one order, and the result is the same
 * everywhere.
 */
export async function checkParity(check: ParityCheck): Promise<Result<Parity, Failure>> {
  const features = await checkFeatures(check);
  if (features !== undefined) return failed(features);
  const opened = await openPredictor(check.bytes, { threads: 1 });
  if (!opened.ok) return opened;
  await using predictor = opened.value;
  const predicted = await predictor.predict(check.raw);
  if (!predicted.ok) return predicted;
  const largest = checkPredictions(check.trained, predicted.value);
  if (!largest.ok) return largest;
  return success({ rows: check.raw.rows, largestDifference: largest.value, prediction: predicted.value });
}

async function checkFeatures({ raw, matrix, fitted }: ParityCheck): Promise<Failure | undefined> {
  const { bytes, output } = await assembleFeatures(fitted);
  const width = matrix.columns.length;
  const made = await runOutput(bytes, { table: raw, output, width, threads: 1 });
  if (!made.ok) return made.failure;
  for (let row = 0; row < matrix.rows; row++) {
    for (let j = 0; j < width; j++) {
      const sql = matrix.columns[j]![row]!;
      const onnx = made.value[row * width + j]!;
      if (sql === onnx || (Number.isNaN(sql) && Number.isNaN(onnx))) continue;
      if (Math.abs(sql - onnx) <= featureTolerance * Math.max(1, Math.abs(sql))) continue;
      return featuresDiffer({ feature: matrix.names[j]!, row: row + 1, sql, onnx });
    }
  }
  return undefined;
}

function checkPredictions(trained: Float64Array, prediction: Prediction): Result<number, Failure> {
  const isClass = prediction.task === 'classification';
  const answers = isClass ? prediction.probabilities : prediction.values;
  const width = isClass ? prediction.classes.length : 1;
  if (answers.length !== trained.length) {
    throw new RangeError(`the trainer gave ${trained.length} numbers for ${answers.length}`);
  }
  let largest = 0;
  for (let i = 0; i < trained.length; i++) {
    const scale = isClass ? 1 : Math.max(1, Math.abs(trained[i]!));
    const difference = Math.abs(trained[i]! - answers[i]!) / scale;
    // Not a number is a difference too.
    if (!(difference <= predictionTolerance)) {
      const what = isClass ? `the probability of ${prediction.classes[i % width]}` : 'the value';
      const row = Math.floor(i / width) + 1;
      return failed(predictionsDiffer({ what, row, trainer: trained[i]!, onnx: answers[i]! }));
    }
    largest = Math.max(largest, difference);
  }
  return success(largest);
}
