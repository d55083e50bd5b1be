import type { Expr } from '@actions/expressions';
import { ExpressionError, Lexer, Parser, wellKnownFunctions } from '@actions/expressions';
import {
  Binary,
  ContextAccess,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Unary,
} from '@actions/expressions/ast';
import { StringData } from '@actions/expressions/data/string';
import type { FunctionInfo } from '@actions/expressions/funcs/info';
import type { Token } from '@actions/expressions/lexer';
import { TokenType } from '@actions/expressions/lexer';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';

/** Where something stands in a text. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** A context that an expression reads, and the names behind it: `steps.train.status` has `train` and `status`. */
export interface ExpressionReference {
  readonly context: string;
  /** Up to the first name that is computed or `*`. */
  readonly path: readonly string[];
  /** Of the context, then of each name of the path. */
  readonly at: readonly Span[];
}

export interface FunctionUse {
  /** As written: the case of a function's name does not matter. */
  readonly name: string;
  readonly at: Span;
}

export interface ParsedExpression {
  readonly tree: Expr;
  readonly references: readonly ExpressionReference[];
  readonly functions: readonly FunctionUse[];
}

export interface SyntaxMistake {
  readonly message: string;
  readonly at: Span;
}

/** Functions that tell how the needs of a step ended. Only an `if` may call them. */
export const statusFunctions: readonly string[] = ['success', 'failure', 'always', 'cancelled'];

/** Functions of the official package, in their documented spelling. */
export const plainFunctions: readonly string[] = Object.values(wellKnownFunctions).map((f) => f.name);

/**
 * Parses the inside of one `${{ }}`. Any name of a context or function parses: whether it exists is for the caller
 * to judge, so that every unknown name of an expression is found at once.
 */
export function parseExpression(text: string): Result<ParsedExpression, SyntaxMistake> {
  if (text.trim() === '') return failed({ message: 'the expression is empty', at: { offset: 0, length: 1 } });
  try {
    const tokens = new Lexer(onOneLine(text)).lex().tokens;
    const tree = new Parser(tokens, ...namesIn(tokens)).parse();
    const names = new NameCollector();
    names.visit(tree);
    return success({ tree, references: names.references, functions: names.functions });
  } catch (error) {
    return failed(mistakeOf(error, text));
  }
}

/** The package counts columns from the last line break outside of quotes; without such, they are offsets. */
function onOneLine(text: string): string {
  if (!/[\n\r]/.test(text)) return text;
  let quoted = false;
  return text.replace(/['\n\r]/g, (character) => {
    if (character === "'") quoted = !quoted;
    return character === "'" || quoted ? character : ' ';
  });
}

function namesIn(tokens: readonly Token[]): [string[], FunctionInfo[]] {
  const contexts = new Set<string>();
  const functions = new Map<string, FunctionInfo>();
  tokens.forEach((token, i) => {
    if (token.type !== TokenType.IDENTIFIER || tokens[i - 1]?.type === TokenType.DOT) return;
    const name = token.lexeme.toLowerCase();
    if (tokens[i + 1]?.type !== TokenType.LEFT_PAREN) contexts.add(name);
    else functions.set(name, { name, minArgs: 0, maxArgs: statusFunctions.includes(name) ? 0 : 255 });
  });
  return [[...contexts], [...functions.values()]];
}

function spanOf(token: Token): Span {
  return { offset: token.range.start.column, length: Math.max(1, token.lexeme.length) };
}

class NameCollector {
  readonly references: ExpressionReference[] = [];
  readonly functions: FunctionUse[] = [];

  visit(node: Expr): void {
    if (node instanceof IndexAccess || node instanceof ContextAccess) this.#access(node);
    else if (node instanceof FunctionCall) {
      this.functions.push({ name: node.functionName.lexeme, at: spanOf(node.functionName) });
      for (const argument of node.args) this.visit(argument);
    } else if (node instanceof Binary) {
      this.visit(node.left);
      this.visit(node.right);
    } else if (node instanceof Logical) for (const argument of node.args) this.visit(argument);
    else if (node instanceof Unary) this.visit(node.expr);
    else if (node instanceof Grouping) this.visit(node.group);
  }

  #access(outermost: IndexAccess | ContextAccess): void {
    const indices: Expr[] = [];
    let root: Expr = outermost;
    for (; root instanceof IndexAccess; root = root.expr) indices.unshift(root.index);
    for (const index of indices) this.visit(index);
    if (!(root instanceof ContextAccess)) {
      this.visit(root);
      return;
    }
    const path: string[] = [];
    const at = [spanOf(root.name)];
    for (const index of indices) {
      if (!(index instanceof Literal && index.literal instanceof StringData)) break;
      path.push(index.literal.value);
      at.push(spanOf(index.token));
    }
    this.references.push({ context: root.name.lexeme, path, at });
  }
}

function mistakeOf(error: unknown, text: string): SyntaxMistake {
  const atEnd = { offset: text.trimEnd().length, length: 1 };
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ExpressionError) {
    const lexeme = /: '([\s\S]*)'$/.exec(message)?.[1] ?? '';
    if (message.startsWith('Unexpected end') || lexeme === 'EOF') {
      return { message: 'the expression ends too early', at: atEnd };
    }
    const at = { offset: error.pos.column, length: Math.max(1, lexeme.length) };
    if (message.startsWith('Unexpected symbol'))
      return { message: `${quoted(lexeme)} is not expected here.`, at };
    if (message.startsWith('Too')) return { message: `${lexeme}() got ${countIn(message)} arguments.`, at };
    if (message.startsWith('Even')) return { message: `${lexeme}() takes an odd number of arguments.`, at };
    return { message: 'the expression is nested too deeply', at: { ...at, length: 1 } };
  }
  const lexed = /^Unexpected symbol: '([\s\S]*)'\. Located at position (\d+) within/.exec(message);
  if (lexed !== null) {
    const symbol = lexed[1]!;
    const at = { offset: Number(lexed[2]) - 1, length: Math.max(1, symbol.trimEnd().length) };
    if (symbol.startsWith("'")) return { message: 'the text has no closing quote', at };
    if (symbol.startsWith('"')) return { message: 'texts stand in single quotes', at };
    return { message: `${quoted(symbol)} is not part of the language of expressions.`, at };
  }
  if (message === 'ErrorExceededMaxLength') {
    return { message: 'the expression is longer than 21000 characters', at: { offset: 0, length: 1 } };
  }
  throw error;
}

function countIn(message: string): 'too few' | 'too many' {
  return message.startsWith('Too few') ? 'too few' : 'too many';
}

function quoted(text: string): string {
  return `\`${text}\``;
}
