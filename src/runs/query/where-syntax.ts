/**
 * The language of `--where`:
 *
 *     metrics.roc_auc > 0.9 and params.trees >= 200 or tag = best
 *     not (status = failed) and estimator in (random-forest, "gradient boosting") and note is not missing
 *
 * `and` binds closer than `or`; `not` closer than both. Names have dots, and quotes where they need them:
 * `params."learning rate"`. Places count characters from 0.
 */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'compare'; readonly field: Name; readonly operator: Operator; readonly value: Literal }
  | { readonly kind: 'in'; readonly field: Name; readonly values: readonly Literal[] }
  | { readonly kind: 'missing'; readonly field: Name };

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~';

export interface Span {
  readonly at: number;
  readonly length: number;
}

export interface Name extends Span {
  readonly text: string;
}

export interface Literal extends Span {
  readonly text: string;
  /** Then it is a text, whatever it looks like. */
  readonly quoted: boolean;
}

export interface SyntaxMistake extends Span {
  readonly message: string;
  readonly remedy: string;
}

export class WhereMistake extends Error implements SyntaxMistake {
  readonly at: number;
  readonly length: number;
  readonly remedy: string;
  constructor({ message, remedy, at, length }: SyntaxMistake) {
    super(message);
    this.at = at;
    this.length = length;
    this.remedy = remedy;
  }
}

interface Token extends Span {
  readonly kind: 'word' | 'symbol' | 'end';
  readonly text: string;
  readonly quoted: boolean;
}

const example = 'Write for example: metrics.roc_auc > 0.9 and params.trees >= 200 or tag = best.';
const operators: readonly string[] = ['=', '!=', '<', '<=', '>', '>=', '~'];
const deepest = 100;
const longest = 10_000;

/** @throws WhereMistake */
export function parseWhere(text: string): Condition {
  if (text.length > longest) {
    throw new WhereMistake({
      message: `The condition has more than ${longest} characters`,
      remedy: example,
      at: longest,
      length: 1,
    });
  }
  return new WhereParser(tokensOf(text)).parse();
}

/** A name alone, as `--sort` takes it; the text itself where it is none. */
export function parseName(text: string): Name {
  const tokens = tokensOf(text);
  const [name, end] = tokens;
  if (name?.kind !== 'word' || end?.kind !== 'end') {
    throw new WhereMistake({
      message: 'This is no name of a field',
      remedy: 'Names are for example metrics.roc_auc, params.trees, seconds.',
      at: 0,
      length: text.length,
    });
  }
  return { text: name.text, at: name.at, length: name.length };
}

class WhereParser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Condition {
    const condition = this.#or();
    const rest = this.#now();
    if (rest.kind !== 'end') {
      throw wrong(
        rest,
        'Here "and", "or" or the end is expected',
        rest.text === ')'
          ? 'Take the ")" away, or add a "(" before it.'
          : 'Join conditions by "and" or "or"; put texts with spaces into quotes.',
      );
    }
    return condition;
  }

  #or(): Condition {
    const parts = [this.#and()];
    while (this.#takeWord('or')) parts.push(this.#and());
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
  }

  #and(): Condition {
    const parts = [this.#not()];
    while (this.#takeWord('and')) parts.push(this.#not());
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
  }

  #not(): Condition {
    const token = this.#now();
    const opens = token.kind === 'symbol' && token.text === '(';
    if (!opens && !this.#isWord('not')) return this.#comparison();
    if (++this.#depth > deepest)
      throw wrong(token, 'There are too many levels of conditions', 'Write it flatter.');
    this.#at++;
    const part = opens ? this.#or() : this.#not();
    if (opens && !this.#takeSymbol(')'))
      throw wrong(this.#now(), 'Here ")" is expected', 'Close what "(" opened.');
    this.#depth--;
    return opens ? part : { kind: 'not', part };
  }

  #comparison(): Condition {
    const token = this.#now();
    if (token.kind !== 'word' || this.#isWord('and', 'or', 'in', 'is')) {
      throw wrong(token, 'Here the name of a field is expected', example);
    }
    this.#at++;
    const field = { text: token.text, at: token.at, length: token.length };
    if (this.#takeWord('is')) {
      const negated = this.#takeWord('not');
      if (!this.#takeWord('missing')) {
        throw wrong(this.#now(), 'After "is" only "missing" and "not missing" are known', 'Compare by "=".');
      }
      const missing: Condition = { kind: 'missing', field };
      return negated ? { kind: 'not', part: missing } : missing;
    }
    if (this.#takeWord('in')) return { kind: 'in', field, values: this.#list() };
    if (this.#isWord('not') && this.#tokens[this.#at + 1]?.text.toLowerCase() === 'in') {
      throw wrong(this.#now(), '"not" stands before the name', `Write: not ${field.text} in (…).`);
    }
    const operator = this.#now();
    if (operator.kind !== 'symbol' || !operators.includes(operator.text)) {
      const meant =
        operator.text === '=='
          ? 'One "=" is enough.'
          : `Write for example: ${field.text} = 3, or: ${field.text} is not missing.`;
      throw wrong(operator, 'Here one of = != < <= > >= ~, "in" or "is" is expected', meant);
    }
    this.#at++;
    return { kind: 'compare', field, operator: operator.text as Operator, value: this.#literal() };
  }

  #list(): readonly Literal[] {
    if (!this.#takeSymbol('(')) throw wrong(this.#now(), 'Here "(" is expected', 'Write: in (a, b).');
    const values = [this.#literal()];
    while (this.#takeSymbol(',')) values.push(this.#literal());
    if (!this.#takeSymbol(')')) throw wrong(this.#now(), 'Here "," or ")" is expected', 'Write: in (a, b).');
    return values;
  }

  #literal(): Literal {
    const token = this.#now();
    if (token.kind !== 'word' || (!token.quoted && this.#isWord('and', 'or', 'not', 'in', 'is'))) {
      throw wrong(
        token,
        'Here a value is expected',
        'Values are numbers, words, texts in quotes, true, false, null and dates.',
      );
    }
    this.#at++;
    return { text: token.text, quoted: token.quoted, at: token.at, length: token.length };
  }

  #now(): Token {
    return this.#tokens[this.#at]!;
  }

  #isWord(...words: readonly string[]): boolean {
    const { kind, text, quoted } = this.#now();
    return kind === 'word' && !quoted && words.includes(text.toLowerCase());
  }

  #takeWord(word: string): boolean {
    if (!this.#isWord(word)) return false;
    this.#at++;
    return true;
  }

  #takeSymbol(symbol: string): boolean {
    const { kind, text } = this.#now();
    if (kind !== 'symbol' || text !== symbol) return false;
    this.#at++;
    return true;
  }
}

function wrong({ at, length }: Span, message: string, remedy: string): WhereMistake {
  return new WhereMistake({ message, remedy, at, length });
}

const symbol = /(?:==|!=|<=|>=|[=<>~(),])/y;
const bare = /[^\s=!<>~(),"']+/y;

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at]!)) {
      at++;
      continue;
    }
    const found = match(symbol, text, at);
    const token =
      found === undefined
        ? wordAt(text, at)
        : { kind: 'symbol' as const, text: found, quoted: false, at, length: found.length };
    tokens.push(token);
    at += token.length;
  }
  return [...tokens, { kind: 'end', text: '', quoted: false, at: text.length, length: 0 }];
}

/** Plain and quoted parts without a space between them are one word; `quoted` when all of it is one quoted part. */
function wordAt(text: string, start: number): Token {
  let at = start;
  let word = '';
  let parts = 0;
  let quotes = 0;
  while (at < text.length) {
    const plain = match(bare, text, at);
    if (plain !== undefined) {
      word += plain;
      at += plain.length;
    } else if (text[at] === '"' || text[at] === "'") {
      const inner = quotedAt(text, at);
      word += inner.text;
      at += inner.length;
      quotes++;
    } else break;
    parts++;
  }
  if (parts === 0) throw wrong({ at, length: 1 }, `"${text[at]}" is not known here`, example);
  return { kind: 'word', text: word, quoted: quotes === 1 && parts === 1, at: start, length: at - start };
}

/** `\"` and `\\` stand for themselves; every other backslash is one, so that expressions need not double theirs. */
function quotedAt(text: string, start: number): { readonly text: string; readonly length: number } {
  const quote = text[start]!;
  let inner = '';
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at]!;
    if (character === quote) return { text: inner, length: at + 1 - start };
    if (character === '\\' && (text[at + 1] === quote || text[at + 1] === '\\')) at++;
    inner += text[at];
  }
  throw wrong({ at: start, length: text.length - start }, 'This quote is not closed', `Add a ${quote}.`);
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
