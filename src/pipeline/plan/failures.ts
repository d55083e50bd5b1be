import type { Failure, Place } from '../../base/index.ts';
import { nearest } from '../../base/index.ts';

/** Why no plan can be made. */
export type PlanFailureCode =
  | 'pipeline-param-unknown'
  | 'pipeline-param-invalid'
  | 'pipeline-step-unknown'
  | 'pipeline-dataset-unknown'
  | 'pipeline-with-invalid'
  | 'pipeline-expression-late'
  | 'pipeline-option-unknown'
  | 'pipeline-models-missing'
  | 'pipeline-evaluation-missing'
  | 'pipeline-model-ambiguous'
  | 'pipeline-plan-cycle'
  | 'pipeline-dep-missing'
  | 'pipeline-dep-unreadable'
  | 'pipeline-secret-missing'
  | 'pipeline-env-reserved'
  | 'pipeline-env-clash';

export type PlanFailure = Failure<PlanFailureCode>;

interface Parts {
  readonly code: PlanFailureCode;
  readonly message: string;
  readonly remedy: string;
  readonly place?: Place | undefined;
  readonly cause?: unknown;
}

function mistake({ place, ...parts }: Parts): PlanFailure {
  return { kind: 'input', ...parts, ...(place === undefined ? {} : { place }) };
}

function suggestion(written: string, known: readonly string[], otherwise: string): string {
  const near = nearest(written, known);
  if (near !== undefined) return `Did you mean \`${near}\`?`;
  return known.length === 0 ? otherwise : `Use one of: ${known.join(', ')}.`;
}

export function paramUnknown(name: string, known: readonly string[]): PlanFailure {
  return mistake({
    code: 'pipeline-param-unknown',
    message: `The pipeline has no param \`${name}\``,
    remedy: suggestion(name, known, 'Declare it under `params:` in the pipeline file first.'),
  });
}

export function paramInvalid(name: string, text: string, expected: string): PlanFailure {
  return mistake({
    code: 'pipeline-param-invalid',
    message: `The param \`${name}\` is ${expected}, as its default is, and \`${text}\` is not`,
    remedy: `Give ${expected}: \`--param ${name}=…\`.`,
  });
}

export function stepUnknown(name: string, known: readonly string[]): PlanFailure {
  return mistake({
    code: 'pipeline-step-unknown',
    message: `The pipeline has no step \`${name}\``,
    remedy: suggestion(name, known, 'Declare it under `steps:`.'),
  });
}

export function datasetUnknown(name: string, known: readonly string[], place: Place): PlanFailure {
  return mistake({
    code: 'pipeline-dataset-unknown',
    message: `The pipeline has no dataset \`${name}\``,
    remedy: suggestion(name, known, 'Declare it under `data:`.'),
    place,
  });
}

export function withInvalid(key: string, expected: string, place: Place): PlanFailure {
  return mistake({
    code: 'pipeline-with-invalid',
    message: `The input \`${key}\` must be ${expected}`,
    remedy: `Write ${expected}, or an expression that gives it.`,
    place,
  });
}

export function withLate(key: string, place: Place): PlanFailure {
  return mistake({
    code: 'pipeline-expression-late',
    message: `The input \`${key}\` of a built-in step reads what is known only during the run`,
    remedy: 'Use `params`, `matrix`, `data` and `env` here; only `if` and `run:` steps can read `steps`.',
    place,
  });
}

export function optionUnknown(
  option: string,
  estimators: readonly string[],
  known: readonly string[],
  place: Place,
): PlanFailure {
  return mistake({
    code: 'pipeline-option-unknown',
    message: `None of the estimators of this step (${estimators.join(', ')}) has an option \`${option}\``,
    remedy: suggestion(option, known, 'Take it away.'),
    place,
  });
}

export function modelsMissing(step: string, place: Place): PlanFailure {
  return mistake({
    code: 'pipeline-models-missing',
    message: `The step \`${step}\` has no model to measure: none of the steps that it names has an output \`model\``,
    remedy:
      'Name steps with `uses: train`, or `run:` steps with `outs: { model: … }`, under `needs:` or `models:`.',
    place,
  });
}

export function evaluationMissing(step: string, place: Place): PlanFailure {
  return mistake({
    code: 'pipeline-evaluation-missing',
    message: `No \`evaluate\` step measures the models that \`${step}\` is about`,
    remedy: 'Add a step with `uses: evaluate`, and name it under `needs:`.',
    place,
  });
}

export function modelAmbiguous(step: string, instances: readonly string[], place: Place): PlanFailure {
  return mistake({
    code: 'pipeline-model-ambiguous',
    message: `The step \`${step}\` gives ${instances.length} models, and the pipeline has one`,
    remedy: 'Add a step with `uses: choose` after the `evaluate` step, and name that.',
    place,
  });
}

export function planCycle(cycle: readonly string[], place: Place): PlanFailure {
  return mistake({
    code: 'pipeline-plan-cycle',
    message: `Steps need each other in a circle: ${[...cycle, cycle[0]].join(' needs ')}`,
    remedy:
      'A step that reads a dataset runs after the `validate` step of that dataset; limit it with `data:`.',
    place,
  });
}

export function depMissing(pattern: string, place: Place): PlanFailure {
  return mistake({
    code: 'pipeline-dep-missing',
    message: `There is no file \`${pattern}\` beside the pipeline file`,
    remedy: 'Correct the path under `deps:`; it is relative to the folder of the pipeline file.',
    place,
  });
}

export function depUnreadable(file: string, cause: NodeJS.ErrnoException, place: Place): PlanFailure {
  return mistake({
    code: 'pipeline-dep-unreadable',
    message: `\`${file}\` cannot be read: ${cause.message}`,
    remedy: 'Mend its permissions.',
    place,
    cause,
  });
}

export function secretMissing(name: string, place: Place): PlanFailure {
  return mistake({
    code: 'pipeline-secret-missing',
    message: `The secret \`${name}\` is not in the environment, or empty`,
    remedy: `Set the environment variable ${name} before the run; in CI, from the repository's secrets.`,
    place,
  });
}

export function envReserved(name: string, place: Place): PlanFailure {
  return mistake({
    code: 'pipeline-env-reserved',
    message: `The environment variable \`${name}\` is set by Trainyard itself`,
    remedy: 'Use a name that does not start with TRAINYARD_.',
    place,
  });
}

export function envClash(variable: string, both: readonly [string, string], place: Place): PlanFailure {
  return mistake({
    code: 'pipeline-env-clash',
    message: `\`${both[0]}\` and \`${both[1]}\` would both be handed over as ${variable}`,
    remedy: 'Rename one of them, so that they differ in more than case and punctuation.',
    place,
  });
}
