import type { Failure, Json, JsonScalar, Place, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Contexts } from '../expressions.ts';
import { evaluateTemplates, expressionReferences } from '../expressions.ts';
import type { StepFile } from '../file.ts';
import { expandMatrix } from '../matrix.ts';
import type { Pipeline } from '../pipeline.ts';
import type { StepId } from '../plan.ts';
import type { Environment } from './contexts.ts';
import { sharedContexts } from './contexts.ts';
import { withLate } from './failures.ts';
import type { Params } from './params.ts';

/** A step of the file with the values of its matrix, and its `with` computed. */
export interface Instance {
  readonly id: StepId;
  readonly name: string;
  readonly matrix: Readonly<Record<string, JsonScalar>>;
  readonly file: StepFile;
  readonly with: { readonly [key: string]: Json };
  /** What expressions of this instance can read before the run. */
  readonly contexts: Contexts;
  /** Where something of the step stands in the file. */
  readonly place: (...path: readonly (string | number)[]) => Place;
}

/** `train`, `train[random-forest]`. */
export function stepId(name: string, matrix: Readonly<Record<string, JsonScalar>>): StepId {
  const values = Object.values(matrix);
  return values.length === 0 ? name : `${name}[${values.map(String).join(', ')}]`;
}

/** Every step of the file in its order, one instance for each combination of its matrix. */
export function instancesOfPipeline(
  pipeline: Pipeline,
  params: Params,
  env: Environment,
): Result<readonly Instance[], readonly Failure[]> {
  const failures: Failure[] = [];
  const instances: Instance[] = [];
  const shared = sharedContexts(pipeline, params, env);
  for (const [name, file] of Object.entries(pipeline.file.steps)) {
    const place = (...path: readonly (string | number)[]): Place => pipeline.place(['steps', name, ...path]);
    for (const matrix of expandMatrix(file)) {
      const contexts: Contexts = { ...shared, matrix };
      const inputs = 'with' in file ? computeWith(file.with as Json, contexts, place) : success({});
      if (inputs.ok) {
        const id = stepId(name, matrix);
        instances.push({ id, name, matrix, file, with: inputs.value, contexts, place });
      } else failures.push(...inputs.failure);
    }
  }
  return failures.length > 0 ? failed(failures) : success(instances);
}

function computeWith(
  inputs: Json,
  contexts: Contexts,
  place: Instance['place'],
): Result<{ readonly [key: string]: Json }, readonly Failure[]> {
  const failures: Failure[] = [];
  const computed: Record<string, Json> = {};
  for (const [key, value] of Object.entries(inputs as { readonly [key: string]: Json })) {
    if (!JSON.stringify(value).includes('${{')) {
      computed[key] = value;
      continue;
    }
    if (isLate(value)) {
      failures.push(withLate(key, place('with', key)));
      continue;
    }
    const result = evaluateTemplates(value, contexts, place('with', key));
    if (result.ok) computed[key] = result.value;
    else failures.push(result.failure);
  }
  return failures.length > 0 ? failed(failures) : success(computed);
}

/** Contexts that are filled only while the pipeline runs. */
const lateContexts: readonly string[] = ['steps'];

/** Whether something in the value reads what is known only during the run. */
export function isLate(value: Json, kind: 'template' | 'condition' = 'template'): boolean {
  if (typeof value === 'string') {
    const { contexts, functions } = expressionReferences(value, kind);
    const asks = functions.some((use) =>
      ['success', 'failure', 'always', 'cancelled'].includes(use.name.toLowerCase()),
    );
    return asks || contexts.some((reference) => lateContexts.includes(reference.context.toLowerCase()));
  }
  if (value === null || typeof value !== 'object') return false;
  return Object.values(value).some((member) => isLate(member as Json));
}
