import type { Expr } from '@actions/expressions';
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import type { ExpressionData } from '@actions/expressions/data/expressiondata';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import { TokenType } from '@actions/expressions/lexer';

/** What an expression may name. A context that is not here is an error, as at GitHub. */
export interface Scope {
  readonly contexts: Readonly<Record<string, unknown>>;
  readonly status: Status | undefined;
  readonly hashFiles: ((patterns: readonly string[]) => string) | undefined;
}

/** The answers of `success()`, `failure()` and `cancelled()`. */
export interface Status {
  readonly success: boolean;
  readonly failure: boolean;
  readonly cancelled: boolean;
}

export class ExpressionProblem extends Error {}

/** Replaces every `${{ }}` in a value of any shape. A text that is one expression alone keeps the expression's type. */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') {
    const parts = partsOf(value);
    if (parts.length === 1 && parts[0]!.expression) return toValue(evaluated(parts[0]!.text, scope));
    return parts.map((part) => (part.expression ? textOf(evaluated(part.text, scope)) : part.text)).join('');
  }
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, item]): readonly [string, unknown][] => {
    if (/^\$\{\{\s*insert\s*\}\}$/.test(key)) return Object.entries(evaluate(item, scope) as object);
    return [[evaluateText(key, scope), evaluate(item, scope)]];
  });
  return Object.fromEntries(entries);
}

/** The same as the text that a step's environment or input gets. */
export function evaluateText(value: unknown, scope: Scope): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') return textOf(toData(value));
  return partsOf(value)
    .map((part) => (part.expression ? textOf(evaluated(part.text, scope)) : part.text))
    .join('');
}

export function evaluateTexts(value: unknown, scope: Scope): Record<string, string> {
  if (typeof value === 'string') return textsOf(evaluate(value, scope));
  const entries = Object.entries((value ?? {}) as object).flatMap(([key, item]): [string, string][] => {
    if (/^\$\{\{\s*insert\s*\}\}$/.test(key)) return Object.entries(textsOf(evaluate(item, scope)));
    return [[key, evaluateText(item, scope)]];
  });
  return Object.fromEntries(entries);
}

function textsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries((value ?? {}) as object).map(([key, item]) => [key, textOf(toData(item))]),
  );
}

/**
 * An `if:`. Without a status function in it, it is `success() && (it)`. A trap that GitHub keeps: text around an
 * expression (`${{ a }} == b`) makes a text that is not empty, thus true.
 */
export function holds(condition: unknown, scope: Scope): boolean {
  const text = condition === undefined || condition === null ? '' : String(condition).trim();
  const parts = partsOf(text);
  if (parts.length > 1) {
    const asks = parts.some((part) => part.expression && asksForStatus(part.text));
    return (asks || scope.status?.success !== false) && evaluateText(text, scope) !== '';
  }
  const source = parts[0]?.expression === true ? parts[0].text : text;
  if (source.trim() === '') return scope.status?.success !== false;
  const full = asksForStatus(source) ? source : `success() && (${source})`;
  return isTrue(evaluated(full, scope));
}

function asksForStatus(source: string): boolean {
  const { tokens } = new Lexer(source).lex();
  return tokens.some(
    (token, i) =>
      token.type === TokenType.IDENTIFIER &&
      /^(success|failure|cancelled|always)$/i.test(token.lexeme) &&
      tokens[i + 1]?.type === TokenType.LEFT_PAREN,
  );
}

interface Part {
  readonly expression: boolean;
  readonly text: string;
}

/** Cuts a text at its `${{ }}`; quotes inside of an expression may hold `}}`. */
export function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let rest = 0;
  for (;;) {
    const start = text.indexOf('${{', rest);
    if (start < 0) break;
    let end = start + 3;
    let quoted = false;
    while (end < text.length && (quoted || !text.startsWith('}}', end))) {
      if (text[end] === "'") quoted = !quoted;
      end++;
    }
    if (end >= text.length)
      throw new ExpressionProblem(`the expression in ${JSON.stringify(text)} has no end`);
    if (start > rest) parts.push({ expression: false, text: text.slice(rest, start) });
    parts.push({ expression: true, text: text.slice(start + 3, end).trim() });
    rest = end + 2;
  }
  if (rest < text.length || parts.length === 0) parts.push({ expression: false, text: text.slice(rest) });
  return parts;
}

function evaluated(source: string, scope: Scope): ExpressionData {
  const functions = functionsOf(scope);
  try {
    const { tokens } = new Lexer(source).lex();
    const tree: Expr = new Parser(tokens, Object.keys(scope.contexts), [...functions.values()]).parse();
    const contexts = new data.Dictionary();
    for (const [name, value] of Object.entries(scope.contexts)) contexts.add(name, toData(value));
    return new Evaluator(tree, contexts, functions).evaluate();
  } catch (error) {
    throw new ExpressionProblem(`The template is not valid: ${(error as Error).message} in ${source}`, {
      cause: error,
    });
  }
}

function functionsOf({ status, hashFiles }: Scope): Map<string, FunctionDefinition> {
  const functions = new Map<string, FunctionDefinition>();
  const add = (name: string, maxArgs: number, call: (...args: ExpressionData[]) => ExpressionData): void => {
    functions.set(name.toLowerCase(), { name, minArgs: name === 'hashFiles' ? 1 : 0, maxArgs, call });
  };
  if (status !== undefined) {
    add('success', 0, () => new data.BooleanData(status.success));
    add('failure', 0, () => new data.BooleanData(status.failure));
    add('cancelled', 0, () => new data.BooleanData(status.cancelled));
    add('always', 0, () => new data.BooleanData(true));
  }
  if (hashFiles !== undefined) {
    add('hashFiles', 255, (...args) => new data.StringData(hashFiles(args.map(textOf))));
  }
  return functions;
}

function isTrue(value: ExpressionData): boolean {
  const plain = toValue(value);
  return !(plain === false || plain === 0 || plain === '' || plain === null || Number.isNaN(plain));
}

function textOf(value: ExpressionData): string {
  return value.coerceString();
}

function toData(value: unknown): ExpressionData {
  return JSON.parse(JSON.stringify(value ?? null), data.reviver) as ExpressionData;
}

function toValue(value: ExpressionData): unknown {
  return value.kind === data.Kind.Number && Number.isNaN(value.number())
    ? Number.NaN
    : JSON.parse(JSON.stringify(value, data.replacer) ?? 'null');
}
