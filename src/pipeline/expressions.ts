import type { Expr } from '@actions/expressions';
import { data, Evaluator } from '@actions/expressions';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import type { Failure, Json, JsonScalar, Place, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { ExpressionReference, FunctionUse, Span } from './expression-parse.ts';
import { parseExpression, plainFunctions, statusFunctions } from './expression-parse.ts';
import { conditionExpression, hasExpression, segmentsOf } from './expression-text.ts';
import { expressionFailed, expressionNotAllowed, expressionSyntax } from './file-failures.ts';

/** What expressions can read, by the name of the context: `params`, `matrix`, `steps`, `data`, `env`, `run`. */
export type Contexts = Readonly<Record<string, { readonly [name: string]: Json }>>;

export const contextNames: readonly string[] = ['params', 'matrix', 'steps', 'data', 'env', 'run'];

/** How the needs of a step ended, together: for `success()`, `failure()`, `cancelled()`. */
export type NeedsStatus = 'success' | 'failure' | 'cancelled';

/**
 * Evaluates every `${{ }}` of a value. A value that is one expression and nothing else keeps the type that the
 * expression gives; expressions inside of a text give text (`null` gives nothing).
 */
export function evaluateTemplate(
  value: JsonScalar,
  contexts: Contexts,
  place?: Place,
): Result<JsonScalar, Failure> {
  if (!hasExpression(value)) return success(value);
  const segments = segmentsOf(value);
  let text = '';
  for (const segment of segments) {
    if (segment.kind === 'open') return failed(expressionSyntax('the expression has no closing `}}`', place));
    if (segment.kind === 'text') {
      text += segment.text;
      continue;
    }
    const result = evaluate(segment.text, contexts, place);
    if (!result.ok) return result;
    if (segments.length === 1) return result;
    text += result.value === null ? '' : textOf(result.value);
  }
  return success(text);
}

/** Evaluates every `${{ }}` of every text inside of a value; keys are left as they are. */
export function evaluateTemplates(value: Json, contexts: Contexts, place?: Place): Result<Json, Failure> {
  if (value === null || typeof value !== 'object') return evaluateTemplate(value, contexts, place);
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value as readonly Json[]) {
      const result = evaluateTemplates(item, contexts, place);
      if (!result.ok) return result;
      items.push(result.value);
    }
    return success(items);
  }
  const members: [string, Json][] = [];
  for (const [key, member] of Object.entries(value)) {
    const result = evaluateTemplates(member, contexts, place);
    if (!result.ok) return result;
    members.push([key, result.value]);
  }
  return success(Object.fromEntries(members));
}

/**
 * Evaluates an `if`, with or without `${{ }}` around it. As in GitHub Actions, a condition that does not ask for the
 * status of the needs by itself holds only when all of them succeeded.
 */
export function evaluateCondition(
  condition: string | boolean,
  contexts: Contexts,
  place?: Place,
  status: NeedsStatus = 'success',
): Result<boolean, Failure> {
  if (typeof condition === 'boolean') return success(condition && status === 'success');
  const expression = conditionExpression(condition);
  if (expression === undefined) return failed(expressionSyntax(mixedCondition, place));
  const parsed = parseExpression(expression.text);
  if (!parsed.ok) return failed(expressionSyntax(parsed.failure.message, place));
  const asks = parsed.value.functions.some((use) => statusFunctions.includes(use.name.toLowerCase()));
  if (!asks && status !== 'success') return success(false);
  const result = evaluate(expression.text, contexts, place, statusDefinitions(status));
  if (!result.ok) return result;
  const value = result.value;
  return success(!(value === null || value === false || value === '' || value === 0));
}

export const mixedCondition = 'a condition is one expression, without text beside it';

/** What the expressions of a text read and call, with spans in the text. Expressions with mistakes are left out. */
export interface References {
  readonly contexts: readonly ExpressionReference[];
  readonly functions: readonly FunctionUse[];
}

/** `condition`: the text is an `if`, which is an expression even without `${{ }}`. */
export function expressionReferences(text: string, kind: 'template' | 'condition' = 'template'): References {
  const contexts: ExpressionReference[] = [];
  const functions: FunctionUse[] = [];
  for (const { text: inside, offset } of expressionsOf(text, kind)) {
    const parsed = parseExpression(inside);
    if (!parsed.ok) continue;
    const move = (span: Span): Span => ({ offset: span.offset + offset, length: span.length });
    for (const found of parsed.value.references) contexts.push({ ...found, at: found.at.map(move) });
    for (const found of parsed.value.functions) functions.push({ ...found, at: move(found.at) });
  }
  return { contexts, functions };
}

/** The insides of the expressions of a text, with their offsets. */
export function expressionsOf(
  text: string,
  kind: 'template' | 'condition',
): readonly { readonly text: string; readonly offset: number }[] {
  if (kind === 'condition') {
    const expression = conditionExpression(text);
    return expression === undefined ? [] : [expression];
  }
  return hasExpression(text) ? segmentsOf(text).filter((segment) => segment.kind === 'expression') : [];
}

function evaluate(
  text: string,
  contexts: Contexts,
  place: Place | undefined,
  extra: ReadonlyMap<string, FunctionDefinition> = new Map(),
): Result<JsonScalar, Failure> {
  const parsed = parseExpression(text);
  if (!parsed.ok) return failed(expressionSyntax(parsed.failure.message, place));
  for (const { name } of parsed.value.functions) {
    const known =
      extra.has(name.toLowerCase()) || plainFunctions.some((f) => f.toLowerCase() === name.toLowerCase());
    if (!known) return failed(expressionNotAllowed(`there is no function \`${name}\` here`, place));
  }
  for (const { context } of parsed.value.references) {
    if (!contextNames.includes(context)) {
      return failed(expressionNotAllowed(`there is no context \`${context}\``, place));
    }
  }
  return run(parsed.value.tree, contexts, place, extra);
}

function run(
  tree: Expr,
  contexts: Contexts,
  place: Place | undefined,
  extra: ReadonlyMap<string, FunctionDefinition>,
): Result<JsonScalar, Failure> {
  const all = Object.fromEntries(contextNames.map((name) => [name, contexts[name] ?? {}]));
  let value: data.ExpressionData;
  try {
    value = new Evaluator(tree, toData(all) as data.Dictionary, new Map(extra)).evaluate();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return failed(expressionFailed(`The expression cannot be evaluated: ${why}`, place));
  }
  if (value instanceof data.NumberData && !Number.isFinite(value.value)) {
    return failed(
      expressionFailed(`the expression gives ${value.value}, which is not a number to work with`, place),
    );
  }
  if (value instanceof data.Null) return success(null);
  if (
    value instanceof data.StringData ||
    value instanceof data.NumberData ||
    value instanceof data.BooleanData
  ) {
    return success(value.value);
  }
  return failed(expressionFailed('the expression gives a list or a map, not a single value', place));
}

function toData(value: Json): data.ExpressionData {
  if (value === null) return new data.Null();
  if (typeof value === 'string') return new data.StringData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  if (typeof value === 'boolean') return new data.BooleanData(value);
  if (Array.isArray(value)) return new data.Array(...value.map((item: Json) => toData(item)));
  const pairs = Object.entries(value).filter(([, member]) => member !== undefined);
  return new data.Dictionary(...pairs.map(([key, member]) => ({ key, value: toData(member) })));
}

function textOf(value: Exclude<JsonScalar, null>): string {
  return typeof value === 'number' ? new data.NumberData(value).coerceString() : String(value);
}

function statusDefinitions(status: NeedsStatus): ReadonlyMap<string, FunctionDefinition> {
  const answer = (name: string, value: boolean): [string, FunctionDefinition] => [
    name,
    { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(value) },
  ];
  return new Map([
    answer('success', status === 'success'),
    answer('failure', status === 'failure'),
    answer('cancelled', status === 'cancelled'),
    answer('always', true),
  ]);
}
