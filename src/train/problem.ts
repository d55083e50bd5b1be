import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { FeatureMatrix } from '../features/index.ts';
import type { Estimator, TrainingRequest } from './estimator.ts';
import type { TrainFailure } from './failures.ts';
import * as failures from './failures.ts';
import { checkOptions, OptionReader } from './options.ts';

/** A training request that was checked: rows of weight 0 and classes without rows are gone. */
export interface Problem {
  readonly matrix: FeatureMatrix;
  readonly goal: Goal;
  /** Absent when all weights are equal. */
  readonly weights: Float64Array | undefined;
  readonly totalWeight: number;
  readonly options: OptionReader;
}

export type Goal =
  | { readonly task: 'regression'; readonly values: Float64Array }
  | {
      readonly task: 'classification';
      /** Indices into `classes`, of rows that count. */
      readonly labels: Int32Array;
      readonly classes: PresentClasses;
    };

/** The classes that have training rows, among all that were declared. */
export interface PresentClasses {
  readonly declared: number;
  /** Indices of the present classes, ascending. */
  readonly present: readonly number[];
}

export interface Needs {
  /** Linear estimators cannot use missing, infinite or enormous values. */
  readonly finite: boolean;
  /** The baseline works without columns and with one class. */
  readonly contrast: boolean;
}

/** Targets and features of linear estimators stay below this, so that squares and their sums stay finite. */
const enormous = 1e150;

export function readProblem(
  estimator: Pick<Estimator, 'name' | 'options' | 'tasks' | 'train'>,
  request: TrainingRequest,
  needs: Needs,
): Result<Problem, TrainFailure> {
  const { target, matrix } = request;
  if (!estimator.tasks.includes(target.task)) {
    return failed(failures.unsupportedTask(estimator.name, target.task, estimator.tasks));
  }
  const checked = checkOptions(estimator, request.options);
  if (!checked.ok) return failed(checked.failure[0]!);
  const count = target.task === 'regression' ? target.values.length : target.labels.length;
  if (count !== matrix.rows || matrix.columns.some((column) => column.length < matrix.rows)) {
    throw new RangeError('features, targets and weights must have one length');
  }
  const weights = readWeights(request.weights, matrix.rows);
  if (!weights.ok) return weights;
  const { rows, values } = weights.value;
  const kept = rows === undefined ? matrix : takeRows(matrix, rows);
  if (needs.contrast && matrix.columns.length === 0) return failed(failures.noColumns());
  const goal = readGoal(request, rows, needs);
  if (!goal.ok) return goal;
  if (needs.finite) {
    const failure = notFinite(kept, estimator.name);
    if (failure !== undefined) return failed(failure);
  }
  const totalWeight = values === undefined ? kept.rows : sum(values);
  return success({
    matrix: kept,
    goal: goal.value,
    weights: values,
    totalWeight,
    options: new OptionReader(checked.value),
  });
}

function readWeights(
  weights: Float64Array | undefined,
  count: number,
): Result<{ rows: Int32Array | undefined; values: Float64Array | undefined }, TrainFailure> {
  if (count === 0) return failed(failures.noRows());
  if (weights === undefined) return success({ rows: undefined, values: undefined });
  if (weights.length !== count) throw new RangeError('features, targets and weights must have one length');
  let positive = 0;
  for (let i = 0; i < count; i++) {
    const weight = weights[i]!;
    if (!(weight >= 0 && weight < enormous)) {
      return failed(failures.invalidWeights(`the weight of training row ${i + 1} is ${weight}`));
    }
    if (weight > 0) positive++;
  }
  if (positive === 0) return failed(failures.invalidWeights('all weights are 0'));
  if (positive === count) return success({ rows: undefined, values: weights });
  const rows = new Int32Array(positive);
  for (let i = 0, k = 0; i < count; i++) if (weights[i]! > 0) rows[k++] = i;
  return success({ rows, values: Float64Array.from(rows, (row) => weights[row]!) });
}

function takeRows(matrix: FeatureMatrix, rows: Int32Array): FeatureMatrix {
  const columns = matrix.columns.map((column) => Float64Array.from(rows, (row) => column[row]!));
  return { ...matrix, rows: rows.length, columns };
}

function readGoal(
  { target }: TrainingRequest,
  rows: Int32Array | undefined,
  needs: Needs,
): Result<Goal, TrainFailure> {
  if (target.task === 'regression') {
    const values = rows === undefined ? target.values : Float64Array.from(rows, (row) => target.values[row]!);
    const wrong = values.findIndex((value) => !(Math.abs(value) < enormous));
    if (wrong < 0) return success({ task: 'regression', values });
    return failed(failures.invalidTarget(`a training row has the target ${values[wrong]}`));
  }
  const labels = rows === undefined ? target.labels : Int32Array.from(rows, (row) => target.labels[row]!);
  const counts = new Float64Array(target.classes.length);
  for (const label of labels) {
    if (!(label >= 0 && label < counts.length)) {
      return failed(failures.invalidTarget(`a training row has the class ${label} of ${counts.length}`));
    }
    counts[label] = counts[label]! + 1;
  }
  const present = target.classes.flatMap((_, k) => (counts[k]! > 0 ? [k] : []));
  if (needs.contrast && present.length === 1) return failed(failures.oneClass(target.classes[present[0]!]!));
  const position = new Int32Array(counts.length);
  present.forEach((k, at) => {
    position[k] = at;
  });
  return success({
    task: 'classification',
    labels: labels.map((label) => position[label]!),
    classes: { declared: target.classes.length, present },
  });
}

function notFinite(matrix: FeatureMatrix, estimator: string): TrainFailure | undefined {
  for (const [j, column] of matrix.columns.entries()) {
    let missing = 0;
    let infinite = 0;
    for (let i = 0; i < matrix.rows; i++) {
      const value = column[i]!;
      if (Number.isNaN(value)) missing++;
      else if (!(Math.abs(value) < enormous)) infinite++;
    }
    if (missing > 0) return failures.missingValues(matrix.names[j] ?? `column ${j + 1}`, missing, estimator);
    if (infinite > 0) return failures.infiniteValues(matrix.names[j] ?? `column ${j + 1}`, estimator);
  }
  return undefined;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
