import type { JsonScalar } from '../../base/index.ts';
import type { Estimator } from '../../train/index.ts';
import { checkOptions, estimators, findEstimator } from '../../train/index.ts';
import type { FileFailure } from '../file-failures.ts';
import { mistake } from '../file-failures.ts';
import { listed, shown } from '../shape-words.ts';
import type { Check, Checking, StepDraft } from './checking.ts';
import { steps, unknownName } from './checking.ts';
import { instancesOfDraft, possibleValues, valueIn } from './values.ts';

/** Inputs of `train` that are not options of its estimator. */
const own: readonly string[] = ['data', 'estimator', 'seed', 'class-weight'];

/** Estimators that do not exist, and options that none of the estimators of a step has, or not with such a value. */
export const checkTraining: Check = (checking) =>
  steps(checking).flatMap(([name, step]) =>
    step.uses === 'train'
      ? [...checkEstimators(checking, name, step), ...checkStepOptions(checking, name, step)]
      : [],
  );

function checkEstimators(checking: Checking, name: string, step: StepDraft): readonly FileFailure[] {
  const known = estimators.map((estimator) => estimator.name);
  const written = { value: step.with?.['estimator'], path: ['steps', name, 'with', 'estimator'] };
  return possibleValues(checking, name, written)
    .filter(({ value }) => typeof value !== 'string' || !known.includes(value))
    .map(({ value, path }) =>
      unknownName(
        'pipeline-estimator-unknown',
        `there is no estimator ${shown(value)}`,
        String(value),
        known,
        {
          place: checking.places.place(path),
          none: '',
          plural: 'estimators',
        },
      ),
    );
}

function checkStepOptions(checking: Checking, name: string, step: StepDraft): readonly FileFailure[] {
  const used = estimatorsOf(checking, step);
  if (used === undefined) return [];
  return Object.keys(step.with ?? {})
    .filter((option) => !own.includes(option))
    .flatMap((option) => {
      const having = used.filter((estimator) => estimator.options.some((one) => one.name === option));
      return having.length === 0
        ? [unknownOption(checking, name, option, used)]
        : optionValues(checking, name, step, option);
    });
}

/** The estimators of all instances; `undefined` when not all are known. */
function estimatorsOf(checking: Checking, step: StepDraft): readonly Estimator[] | undefined {
  const found = new Set<Estimator>();
  for (const matrix of instancesOfDraft(step)) {
    const value = valueIn(checking, step.with?.['estimator'], matrix);
    const estimator = typeof value === 'string' ? findEstimator(value) : undefined;
    if (estimator === undefined) return undefined;
    found.add(estimator);
  }
  return found.size === 0 ? undefined : [...found];
}

function unknownOption(
  { places }: Checking,
  step: string,
  option: string,
  used: readonly Estimator[],
): FileFailure {
  const names = used.map((estimator) => shown(estimator.name));
  const who = names.length === 1 ? names[0]! : `none of ${listed(names, 'and')}`;
  const known = [...own, ...used.flatMap((estimator) => estimator.options.map((one) => one.name))];
  const message = `${who} has ${names.length === 1 ? 'no' : 'an'} option ${shown(option)}`;
  return unknownName('pipeline-option-unknown', message, option, [...new Set(known)], {
    place: places.keyPlace(['steps', step, 'with', option]),
    none: '',
    plural: 'inputs here',
  });
}

/** What an estimator says of the values that an option has in the instances that use it. */
function optionValues(
  checking: Checking,
  name: string,
  step: StepDraft,
  option: string,
): readonly FileFailure[] {
  const path = ['steps', name, 'with', option];
  // The schema lets maps through for `class-weight`, which is none of the estimator's options.
  const written: unknown = step.with?.[option];
  if (typeof written === 'object' && written !== null) {
    const message = `${shown(option)} must be a single value, not a map`;
    return [mistake('pipeline-value-type', message, checking.places.place(path))];
  }
  const values = possibleValues(checking, name, { value: step.with?.[option], path });
  const failures = new Map<string, FileFailure>();
  for (const matrix of instancesOfDraft(step)) {
    const estimator = findEstimator(String(valueIn(checking, step.with?.['estimator'], matrix)));
    const value = valueIn(checking, step.with?.[option], matrix);
    if (estimator === undefined || value === undefined) continue;
    const problem = optionProblem(estimator, option, value);
    const at = values.find((one) => one.value === value)?.path ?? path;
    if (problem !== undefined && !failures.has(JSON.stringify(at))) {
      failures.set(
        JSON.stringify(at),
        mistake('pipeline-option-invalid', problem.message, checking.places.place(at), problem.remedy),
      );
    }
  }
  return [...failures.values()];
}

function optionProblem(
  estimator: Estimator,
  option: string,
  value: JsonScalar,
): { message: string; remedy?: string } | undefined {
  const checked = checkOptions(estimator, { [option]: value });
  const problem = checked.ok ? undefined : checked.failure[0];
  if (problem === undefined) return undefined;
  return { message: problem.message, ...(problem.remedy === undefined ? {} : { remedy: problem.remedy }) };
}
