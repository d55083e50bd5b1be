import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Target } from '../../train/index.ts';
import type { TrainStepFailure } from './failures.ts';
import { classWeightInvalid, classWeightWithoutClasses } from './failures.ts';

/** Weights of rows from the option `class-weight`; `undefined` when all rows weigh the same. */
export interface ClassWeights {
  /** As recorded: `balanced`, or a weight for each class. */
  readonly written: 'balanced' | Readonly<Record<string, number>>;
  readonly rows: Float64Array;
}

/**
 * - `balanced`: a row weighs rows / (classes * rows of its class), as in scikit-learn: every class weighs the same;
 * - weights by class, as an object or its JSON text; a class that is not named weighs 1, as in scikit-learn;
 * - `none`, or nothing.
 */
export function classWeights(
  written: unknown,
  target: Target,
): Result<ClassWeights | undefined, TrainStepFailure> {
  if (written === undefined || written === null || written === 'none') return success(undefined);
  if (target.task === 'regression') return failed(classWeightWithoutClasses());
  const { classes, labels } = target;
  if (written === 'balanced') {
    const counts = new Float64Array(classes.length);
    for (const label of labels) counts[label] = counts[label]! + 1;
    const weights = counts.map((count) => labels.length / (classes.length * count));
    return success({ written, rows: Float64Array.from(labels, (label) => weights[label]!) });
  }
  const byClass = readWeights(written);
  if (byClass === undefined) return failed(classWeightInvalid(`${JSON.stringify(written)} is none`));
  for (const [name, weight] of Object.entries(byClass)) {
    if (!classes.includes(name)) {
      return failed(
        classWeightInvalid(`${name} is not a class of the training rows, which are ${classes.join(', ')}`),
      );
    }
    if (typeof weight !== 'number' || !Number.isFinite(weight) || weight <= 0) {
      return failed(classWeightInvalid(`the weight of the class ${name} is not a positive number`));
    }
  }
  const weights = byClass as Readonly<Record<string, number>>;
  const ofClass = classes.map((name) => (Object.hasOwn(weights, name) ? weights[name]! : 1));
  return success({ written: weights, rows: Float64Array.from(labels, (label) => ofClass[label]!) });
}

function readWeights(written: unknown): Readonly<Record<string, unknown>> | undefined {
  let value = written;
  if (typeof written === 'string') {
    try {
      value = JSON.parse(written);
    } catch {
      return undefined;
    }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, unknown>>;
}
