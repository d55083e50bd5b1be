import type { Json, JsonScalar } from '../../base/index.ts';
import { hasExpression } from '../expression-text.ts';
import { evaluateTemplate, expressionReferences } from '../expressions.ts';
import { expandMatrix, instancesOf, mostInstances } from '../matrix.ts';
import type { PlacePath } from '../pipeline.ts';
import type { Checking, Placed, StepDraft } from './checking.ts';
import { member } from './checking.ts';

export type Matrix = Readonly<Record<string, JsonScalar>>;

/** The instances of a step, as far as its matrix can be used. */
export function instancesOfDraft(step: StepDraft): readonly Matrix[] {
  const matrix: Record<string, readonly JsonScalar[]> = {};
  for (const [key, values] of Object.entries(step.matrix ?? {})) {
    const usable = (values ?? []).filter((value) => value !== undefined);
    if (usable.length > 0) matrix[key] = usable;
  }
  return instancesOf(matrix) > mostInstances ? [] : expandMatrix({ matrix });
}

/**
 * The values that a text of a step can have over the instances of its matrix, with the defaults of the params. Values
 * that only a run knows are left out. A value that is just one of the matrix has the place where it stands there.
 */
export function possibleValues(
  checking: Checking,
  step: string,
  { value, path }: Placed<unknown>,
): readonly Placed<JsonScalar>[] {
  if (!hasExpression(value)) return isScalar(value) ? [{ value, path }] : [];
  const draft = member(checking.draft.steps, step) ?? {};
  const key = /^\$\{\{\s*matrix\.([\w-]+)\s*\}\}$/.exec(value.trim())?.[1];
  const items = key === undefined ? undefined : member(draft.matrix, key);
  if (items !== undefined) {
    const at: PlacePath = ['steps', step, 'matrix', key!];
    return items.flatMap((item, i) => (item === undefined ? [] : [{ value: item, path: [...at, i] }]));
  }
  const values = new Set<JsonScalar>();
  for (const matrix of instancesOfDraft(draft)) {
    const known = valueIn(checking, value, matrix);
    if (known !== undefined) values.add(known);
  }
  return [...values].map((one) => ({ value: one, path }));
}

/** The value of a text in one instance; `undefined` when it has a mistake, or only a run knows it. */
export function valueIn(checking: Checking, value: unknown, matrix: Matrix): JsonScalar | undefined {
  if (!isScalar(value)) return undefined;
  if (!hasExpression(value)) return value;
  const { contexts, functions } = expressionReferences(value);
  const params = Object.fromEntries(Object.entries(checking.draft.params ?? {})) as {
    readonly [name: string]: Json;
  };
  const known = contexts.every(
    ({ context, path }) =>
      (context === 'params' && Object.hasOwn(params, path[0] ?? '')) ||
      (context === 'matrix' && Object.hasOwn(matrix, path[0] ?? '')),
  );
  if (!known || (contexts.length === 0 && functions.length === 0 && !/\$\{\{.*\}\}/s.test(value)))
    return undefined;
  const result = evaluateTemplate(value, { params, matrix });
  return result.ok ? result.value : undefined;
}

function isScalar(value: unknown): value is JsonScalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
