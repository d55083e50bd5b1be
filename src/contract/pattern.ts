/**
 * The regular expression as ECMA-262 reads it: with the `u` flag, as JSON Schema asks; without it when the expression
 * is only valid so (`\@`). `undefined` when it is none.
 */
export function compilePattern(pattern: string): RegExp | undefined {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(pattern, flags);
    } catch {
      // Try the next one.
    }
  }
  return undefined;
}

const notLineEnd = '[^\\n\\r\\x{2028}\\x{2029}]';
/** ECMA-262 WhiteSpace and LineTerminator, as the inside of an RE2 class. */
const whiteSpace =
  '\\t\\n\\x{b}\\f\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';
/** RE2's own limit of repetitions. */
const mostRepetitions = 1000;

/**
 * The same expression for RE2, which the SQL engine has; `undefined` when RE2 cannot say it, or when it is not
 * certain that it means the same. Only what is known is translated: look-around, back references, named groups,
 * Unicode properties and everything unusual are left to JavaScript.
 */
export function toRe2(pattern: string): string | undefined {
  if (compilePattern(pattern)?.flags !== 'u' || /\p{Surrogate}/u.test(pattern)) return undefined;
  const characters = [...pattern];
  let out = '';
  for (let i = 0; i < characters.length; ) {
    const token = readToken(characters, i);
    if (token === undefined) return undefined;
    out += token.re2;
    i = token.next;
  }
  return out;
}

interface Token {
  readonly re2: string;
  readonly next: number;
}

function readToken(characters: readonly string[], i: number): Token | undefined {
  const character = characters[i]!;
  switch (character) {
    case '.':
      return { re2: notLineEnd, next: i + 1 };
    case '^':
    case '$':
    case '|':
    case ')':
    case '*':
    case '+':
    case '?':
      return { re2: character, next: i + 1 };
    case '(': {
      if (characters[i + 1] !== '?') return { re2: '(?:', next: i + 1 };
      return characters[i + 2] === ':' ? { re2: '(?:', next: i + 3 } : undefined;
    }
    case '{': {
      const match = /^\{(\d+)(?:(,)(\d*))?\}/.exec(characters.slice(i, i + 20).join(''));
      if (match === null || Math.max(Number(match[1]), Number(match[3] ?? 0)) > mostRepetitions)
        return undefined;
      return { re2: match[0], next: i + match[0].length };
    }
    case '[':
      return readClass(characters, i);
    case '\\': {
      const escaped = characters[i + 1];
      // Not `\B`: RE2 finds one between the bytes of a character.
      if (escaped === 'b') return { re2: '\\b', next: i + 2 };
      if (escaped === 's') return { re2: `[${whiteSpace}]`, next: i + 2 };
      if (escaped === 'S') return { re2: `[^${whiteSpace}]`, next: i + 2 };
      return readEscape(characters, i);
    }
    default:
      return { re2: literal(character), next: i + 1 };
  }
}

function readClass(characters: readonly string[], start: number): Token | undefined {
  const isNegated = characters[start + 1] === '^';
  let i = start + (isNegated ? 2 : 1);
  // An empty class is legal in ECMA-262 and means something else in RE2.
  if (characters[i] === ']') return undefined;
  let out = isNegated ? '[^' : '[';
  while (characters[i] !== ']') {
    const from = readClassAtom(characters, i);
    if (from === undefined) return undefined;
    out += from.re2;
    i = from.next;
    if (characters[i] !== '-' || characters[i + 1] === ']') continue;
    const to = readClassAtom(characters, i + 1);
    if (to === undefined) return undefined;
    out += `-${to.re2}`;
    i = to.next;
  }
  return { re2: `${out}]`, next: i + 1 };
}

function readClassAtom(characters: readonly string[], i: number): Token | undefined {
  const character = characters[i];
  if (character === undefined) return undefined;
  if (character !== '\\') return { re2: literal(character), next: i + 1 };
  const escaped = characters[i + 1];
  if (escaped === 's') return { re2: whiteSpace, next: i + 2 };
  if (escaped === '-') return { re2: literal('-'), next: i + 2 };
  return readEscape(characters, i);
}

/** Escapes that mean the same inside and outside of a class. */
function readEscape(characters: readonly string[], i: number): Token | undefined {
  const escaped = characters[i + 1];
  if (escaped === undefined) return undefined;
  if ('dDwW'.includes(escaped)) return { re2: `\\${escaped}`, next: i + 2 };
  if ('tnfr'.includes(escaped)) return { re2: `\\${escaped}`, next: i + 2 };
  if (escaped === 'v') return { re2: '\\x{b}', next: i + 2 };
  if ('^$\\.*+?()[]{}|/'.includes(escaped)) return { re2: literal(escaped), next: i + 2 };
  const hex = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})/.exec(
    characters.slice(i + 1, i + 11).join(''),
  );
  if (hex === null) return undefined;
  const code = Number.parseInt(hex[1] ?? hex[2] ?? hex[3]!, 16);
  // Halves of surrogate pairs are no characters in UTF-8.
  if (code >= 0xd800 && code <= 0xdfff) return undefined;
  return { re2: `\\x{${code.toString(16)}}`, next: i + 1 + hex[0].length };
}

function literal(character: string): string {
  return /^[A-Za-z0-9_ ]$/.test(character) ? character : `\\x{${character.codePointAt(0)!.toString(16)}}`;
}
