import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Estimator, EstimatorOption } from './estimator.ts';
import type { TrainFailure } from './failures.ts';
import { invalidOption, unknownOption } from './failures.ts';
import { allOptionNames } from './option-lists.ts';

type OptionValue = number | boolean | string | null;

export interface CheckedOptions {
  /** A value for every option of the estimator: what was written, or its default. */
  readonly values: Readonly<Record<string, OptionValue>>;
  /** What was written that only other estimators have: a matrix over estimators gives all of them the same options. */
  readonly ignored: readonly string[];
}

/**
 * Checks what was written against the estimator's declared options; every mistake at once. An option that only
 * another estimator has is no mistake: it is ignored, and named in `ignored`. A number may be written as text in its
 * shortest decimal form (`"200"`), since expressions and inputs of workflows often give text.
 */
export function checkOptions(
  estimator: Estimator,
  written: Readonly<Record<string, unknown>>,
): Result<CheckedOptions, readonly TrainFailure[]> {
  const failures: TrainFailure[] = [];
  const ignored: string[] = [];
  const known = estimator.options.map((option) => option.name);
  for (const name of Object.keys(written)) {
    if (known.includes(name)) continue;
    if (allOptionNames.has(name)) ignored.push(name);
    else failures.push(unknownOption(estimator.name, name, known));
  }
  const values: Record<string, OptionValue> = {};
  for (const option of estimator.options) {
    const value = written[option.name];
    const read = value === undefined ? success(option.default) : readOption(option, value);
    if (read.ok) values[option.name] = read.value;
    else failures.push(read.failure);
  }
  return failures.length > 0 ? failed(failures) : success({ values, ignored });
}

function readOption(option: EstimatorOption, written: unknown): Result<OptionValue, TrainFailure> {
  const refuse = () => failed(invalidOption(option.name, written, expectation(option)));
  if (written === null) return takesNull(option) ? success(null) : refuse();
  switch (option.type) {
    case 'boolean': {
      if (written === 'true' || written === 'false') return success(written === 'true');
      return typeof written === 'boolean' ? success(written) : refuse();
    }
    case 'string': {
      if (typeof written !== 'string') return refuse();
      return option.choices === undefined || option.choices.includes(written) ? success(written) : refuse();
    }
    case 'integer':
    case 'number': {
      const number = typeof written === 'string' ? fromText(written) : written;
      if (typeof number !== 'number' || !Number.isFinite(number)) return refuse();
      if (option.type === 'integer' && !Number.isSafeInteger(number)) return refuse();
      if (number < (option.minimum ?? -Infinity) || number > (option.maximum ?? Infinity)) return refuse();
      return success(number);
    }
  }
}

function fromText(text: string): number | undefined {
  return String(Number(text)) === text ? Number(text) : undefined;
}

function takesNull(option: EstimatorOption): boolean {
  return option.default === null || option.nullable === true;
}

/** What an option takes, in words: `an integer from 1 to 10000`, `one of squared, huber`. */
function expectation(option: EstimatorOption): string {
  const orNull = takesNull(option) ? ', or null' : '';
  switch (option.type) {
    case 'boolean':
      return `true or false${orNull}`;
    case 'string':
      return `${option.choices === undefined ? 'a text' : `one of ${option.choices.join(', ')}`}${orNull}`;
    case 'integer':
    case 'number': {
      const noun = option.type === 'integer' ? 'an integer' : 'a number';
      const { minimum, maximum } = option;
      if (minimum !== undefined && maximum !== undefined)
        return `${noun} from ${minimum} to ${maximum}${orNull}`;
      if (minimum !== undefined) return `${noun} of at least ${minimum}${orNull}`;
      return maximum === undefined ? `${noun}${orNull}` : `${noun} of at most ${maximum}${orNull}`;
    }
  }
}

/** Reads values that `checkOptions` has checked; a wrong name here is a bug of the estimator. */
export class OptionReader {
  readonly #values: CheckedOptions['values'];

  constructor(checked: CheckedOptions) {
    this.#values = checked.values;
  }

  number(name: string): number {
    const value = this.#values[name];
    if (typeof value !== 'number') throw new TypeError(`option ${name} is not declared as a number`);
    return value;
  }

  numberOrNull(name: string): number | null {
    return this.#values[name] === null ? null : this.number(name);
  }

  text(name: string): string {
    const value = this.#values[name];
    if (typeof value !== 'string') throw new TypeError(`option ${name} is not declared as a text`);
    return value;
  }

  flag(name: string): boolean {
    const value = this.#values[name];
    if (typeof value !== 'boolean') throw new TypeError(`option ${name} is not declared as a boolean`);
    return value;
  }
}
