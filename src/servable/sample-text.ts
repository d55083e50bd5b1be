import type { Random } from '../base/index.ts';
import type { ColumnContract } from '../contract/index.ts';
import { compilePattern } from '../contract/index.ts';

const tries = 60;

/** A text that the rules of a column allow; `undefined` when none was found: the pattern says more than is understood here. */
export function sampleText(column: ColumnContract, random: Random): string | undefined {
  const { pattern, minLength = 1, maxLength = Number.POSITIVE_INFINITY } = column;
  const least = Math.max(1, minLength);
  if (pattern === undefined) return least <= maxLength ? 'a'.repeat(least) : undefined;
  const regex = compilePattern(pattern);
  if (regex === undefined) return undefined;
  const fits = (text: string): boolean => {
    const { length } = [...text];
    return length >= least && length <= maxLength && regex.test(text);
  };
  for (let attempt = 0; attempt < tries; attempt++) {
    // Short repetitions first, then longer ones, for texts that have to be long.
    const text = textLike(pattern, random, attempt < tries / 2 ? 2 : Math.min(least, 500) + 2);
    if (text === undefined) return undefined;
    for (const padded of [text, text.padEnd(least, 'a'), text.padStart(least, 'a')])
      if (fits(padded)) return padded;
  }
  return undefined;
}

/** Thrown inside of this file only: what is not understood ends the attempt. */
class NotUnderstood extends Error {}

/**
 * A text made along an expression of literals, classes, groups, alternatives and repetitions. Anchors and word
 * boundaries are taken to hold; look-around and back references are not understood.
 */
function textLike(pattern: string, random: Random, longest: number): string | undefined {
  const characters = [...pattern];
  let at = 0;

  const alternatives = (): string => {
    const texts = [sequence()];
    while (characters[at] === '|') {
      at++;
      texts.push(sequence());
    }
    return texts[Math.floor(random() * texts.length)]!;
  };

  const sequence = (): string => {
    let text = '';
    while (at < characters.length && characters[at] !== '|' && characters[at] !== ')') {
      const start = at;
      let one = atom();
      const end = at;
      const { least, most } = repetition();
      const after = at;
      const count = least + Math.floor(random() * (Math.min(most, Math.max(least, longest)) - least + 1));
      if (count > 10_000) throw new NotUnderstood();
      for (let i = 0; i < count; i++) {
        if (i > 0) {
          at = start;
          one = atom();
          if (at !== end) throw new NotUnderstood();
        }
        text += one;
      }
      at = after;
    }
    return text;
  };

  const atom = (): string => {
    const character = characters[at++]!;
    switch (character) {
      case '^':
      case '$':
        return '';
      case '.':
        return oneOf(letters, random);
      case '[':
        return oneOf(classOf(), random);
      case '\\':
        return escaped();
      case '(':
        return group();
      case '*':
      case '+':
      case '?':
        throw new NotUnderstood();
      default:
        return character;
    }
  };

  const group = (): string => {
    if (characters[at] === '?') {
      const kind = characters.slice(at + 1, at + 3).join('');
      if (kind.startsWith(':')) at += 2;
      else if (kind.startsWith('<') && kind !== '<=' && kind !== '<!') at = characters.indexOf('>', at) + 1;
      else throw new NotUnderstood();
      if (at === 0) throw new NotUnderstood();
    }
    const text = alternatives();
    if (characters[at++] !== ')') throw new NotUnderstood();
    return text;
  };

  const escaped = (): string => {
    const character = characters[at++];
    if (character === undefined || /[1-9kpPcux]/.test(character)) throw new NotUnderstood();
    if (character === 'b' || character === 'B') return '';
    return oneOf(classes[character] ?? controls[character] ?? [character], random);
  };

  const classOf = (): readonly string[] => {
    const isNegated = characters[at] === '^';
    if (isNegated) at++;
    const members: string[] = [];
    while (characters[at] !== ']') {
      const [first, ...others] = memberOf();
      if (first === undefined) throw new NotUnderstood();
      if (others.length === 0 && characters[at] === '-' && characters[at + 1] !== ']') {
        at++;
        const [last] = memberOf();
        if (last === undefined) throw new NotUnderstood();
        members.push(...range(first, last));
      } else members.push(first, ...others);
    }
    at++;
    return isNegated ? letters.filter((letter) => !members.includes(letter)) : members;
  };

  const memberOf = (): readonly string[] => {
    const character = characters[at++];
    if (character === undefined) throw new NotUnderstood();
    if (character !== '\\') return [character];
    const letter = characters[at++];
    if (letter === undefined || /[0-9kpPcuxB]/.test(letter)) throw new NotUnderstood();
    return classes[letter] ?? controls[letter] ?? [letter];
  };

  const repetition = (): { readonly least: number; readonly most: number } => {
    const counted = /^\{(\d+)(?:(,)(\d*))?\}/.exec(characters.slice(at, at + 20).join(''));
    const simple = { '*': [0, longest], '+': [1, longest], '?': [0, 1] }[characters[at] ?? ''];
    if (counted === null && simple === undefined) return { least: 1, most: 1 };
    at += counted === null ? 1 : counted[0].length;
    if (characters[at] === '?') at++;
    if (counted === null) return { least: simple![0]!, most: simple![1]! };
    const least = Number(counted[1]);
    const isOpen = counted[2] !== undefined && counted[3] === '';
    return { least, most: isOpen ? least + longest : Number(counted[3] ?? least) };
  };

  try {
    const text = alternatives();
    return at === characters.length ? text : undefined;
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

function oneOf(members: readonly string[], random: Random): string {
  if (members.length === 0) throw new NotUnderstood();
  return members[Math.floor(random() * members.length)]!;
}

function range(first: string, last: string): readonly string[] {
  const from = first.codePointAt(0)!;
  const to = Math.min(last.codePointAt(0)!, from + 200);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => String.fromCodePoint(from + i));
}

const lower = [...'abcdefghijklmnopqrstuvwxyz'];
const digits = [...'0123456789'];
const letters = [...lower, ...lower.map((letter) => letter.toUpperCase()), ...digits, '-', ' '];
const classes: Readonly<Record<string, readonly string[]>> = {
  d: digits,
  D: lower,
  w: [...lower, ...digits, '_'],
  W: [' ', '-'],
  s: [' '],
  S: lower,
};
const controls: Readonly<Record<string, readonly string[]>> = {
  n: ['\n'],
  r: ['\r'],
  t: ['\t'],
  f: ['\f'],
  v: ['\v'],
};
