import type { JsonScalar, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Contract } from '../../contract/index.ts';
import type { Column } from '../../sql/index.ts';
import type { Target } from '../../train/index.ts';
import type { TrainStepFailure } from './failures.ts';
import { targetMissing } from './failures.ts';

/** What a target column asks for, and why: the same for every estimator, so that candidates can be compared. */
export interface Task {
  readonly task: Target['task'];
  /** For people, after "because". */
  readonly reason: string;
}

/**
 * Classification when the target is text or boolean, when the contract lists its values, or when the dataset names a
 * positive class; regression for any other number.
 */
export function taskOf(options: {
  readonly target: string;
  readonly column: Column;
  readonly contract: Contract | undefined;
  readonly positive: JsonScalar | undefined;
}): Task {
  const { target, column, contract, positive } = options;
  const declared = contract?.columns.find(({ name }) => name === target);
  const because = (task: Task['task'], reason: string): Task => ({ task, reason });
  if (column.kind === 'text') return because('classification', `${target} is text`);
  if (declared?.type === 'boolean') return because('classification', `${target} is boolean`);
  if (declared?.enum !== undefined)
    return because('classification', `the contract lists the values of ${target}`);
  if (positive !== undefined) return because('classification', 'the dataset names a positive class');
  return because('regression', `${target} is a number, and nothing lists its values`);
}

/** The target of every row. Classes are texts in a fixed order: numbers by size, texts by UTF-16 code units. */
export function readTarget(
  name: string,
  column: Column,
  task: Task['task'],
): Result<Target, TrainStepFailure> {
  const missing = countMissing(column);
  if (missing > 0) return failed(targetMissing(name, missing, column.values.length));
  if (task === 'regression') {
    if (column.kind === 'text') throw new TypeError('a regression on text');
    return success({ task, values: column.values });
  }
  const distinct =
    column.kind === 'number'
      ? [...new Set(column.values)].sort((a, b) => a - b)
      : [...new Set(column.values)].sort();
  const indexes = new Map<number | string | null, number>(distinct.map((value, i) => [value, i]));
  const labels = Int32Array.from(column.values as ArrayLike<number>, (value) => indexes.get(value)!);
  return success({ task, classes: distinct.map(String), labels });
}

function countMissing(column: Column): number {
  let missing = 0;
  if (column.kind === 'number') for (const value of column.values) missing += Number.isNaN(value) ? 1 : 0;
  else for (const value of column.values) missing += value === null ? 1 : 0;
  return missing;
}
