import type { Tensor } from 'onnxruntime-node';
import type { OnnxFailure } from './failures.ts';
import { outputUnsupported, probabilitiesInvalid } from './failures.ts';
import type { ModelInfo, Prediction } from './model.ts';
import type { OutputRoles } from './read.ts';

/** Collects the answers of a model chunk by chunk. */
export interface AnswerCollector {
  /** Reads the outputs for the rows from `start` on; the first thing that is wrong with them. */
  add(
    outputs: Readonly<Record<string, Tensor>>,
    start: number,
    chunkRows: number,
  ): Promise<OnnxFailure | undefined>;
  prediction(): Prediction;
}

/** How far the sum of a row's probabilities may be from 1: what single precision leaves of large ensembles. */
const sumTolerance = 1e-4;

export function collectAnswers(info: ModelInfo, roles: OutputRoles, rows: number): AnswerCollector {
  return info.task === 'regression' ? collectValues(roles, rows) : collectClasses(info.classes, roles, rows);
}

function collectValues({ scores }: OutputRoles, rows: number): AnswerCollector {
  const values = new Float64Array(rows);
  return {
    async add(outputs, start, chunkRows): Promise<OnnxFailure | undefined> {
      const data = (await outputs[scores]!.getData()) as Float64Array | Float32Array;
      if (data.length !== chunkRows) {
        return outputUnsupported(`${scores} has ${data.length} values for ${chunkRows} rows`);
      }
      values.set(data, start);
      return undefined;
    },
    prediction: () => ({ task: 'regression', rows, values }),
  };
}

function collectClasses(classes: readonly string[], roles: OutputRoles, rows: number): AnswerCollector {
  const width = classes.length;
  const probabilities = new Float64Array(rows * width);
  const labels = new Int32Array(rows);
  const indexes = new Map(classes.map((text, index) => [text, index]));
  return {
    async add(outputs, start, chunkRows): Promise<OnnxFailure | undefined> {
      const data = (await outputs[roles.scores]!.getData()) as Float64Array | Float32Array;
      if (data.length !== chunkRows * width) {
        const found = `${data.length} values for ${chunkRows} rows of ${width} classes`;
        return outputUnsupported(`${roles.scores} has ${found}`);
      }
      probabilities.set(data, start * width);
      const wrong = checkProbabilities(probabilities, width, start, chunkRows);
      if (wrong !== undefined) return wrong;
      if (roles.label === undefined) {
        for (let row = start; row < start + chunkRows; row++) {
          labels[row] = argmax(probabilities, row * width, width);
        }
        return undefined;
      }
      const chosen = (await outputs[roles.label]!.getData()) as ArrayLike<string | bigint | number>;
      if (chosen.length !== chunkRows) {
        return outputUnsupported(`${roles.label} has ${chosen.length} values for ${chunkRows} rows`);
      }
      for (let i = 0; i < chunkRows; i++) {
        const index = indexes.get(String(chosen[i]));
        if (index === undefined) {
          return outputUnsupported(`${roles.label} gives ${chosen[i]}, which is not one of its classes`);
        }
        labels[start + i] = index;
      }
      return undefined;
    },
    prediction: () => ({ task: 'classification', rows, classes, probabilities, labels }),
  };
}

function checkProbabilities(
  probabilities: Float64Array,
  width: number,
  start: number,
  rows: number,
): OnnxFailure | undefined {
  for (let row = start; row < start + rows; row++) {
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i++) {
      const value = probabilities[i]!;
      if (!(value >= -sumTolerance && value <= 1 + sumTolerance)) {
        return probabilitiesInvalid(row + 1, `one is ${value}`);
      }
      sum += value;
    }
    if (Math.abs(sum - 1) > sumTolerance) return probabilitiesInvalid(row + 1, `their sum is ${sum}`);
  }
  return undefined;
}

/** The index of the largest value; of equal ones the first. */
function argmax(values: Float64Array, start: number, width: number): number {
  let best = 0;
  for (let i = 1; i < width; i++) if (values[start + i]! > values[start + best]!) best = i;
  return best;
}
