/** One part of a path pattern between two slashes. */
export type PathPart =
  | { readonly kind: 'literal'; readonly name: string }
  | { readonly kind: 'wildcard'; readonly marks: readonly Mark[] }
  /** `**`: any number of folders, none included. */
  | { readonly kind: 'folders' };

type Mark =
  | { readonly kind: 'character'; readonly value: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | {
      readonly kind: 'set';
      readonly negated: boolean;
      readonly ranges: readonly (readonly [number, number])[];
    };

/**
 * Parses a pattern with `/` between its parts: `*` is any run of characters, `?` any one character, `[a-f]` and
 * `[!a-f]` one of a set, `**` as a whole part any number of folders. A bracket that does not close stands for itself,
 * and `[*]` is a star that means a star. Wildcards do not match a dot at the start of a name. Braces are for
 * `expandBraces`.
 */
export function parsePathPattern(pattern: string): readonly PathPart[] {
  return pattern
    .split('/')
    .filter((part, i, parts) => part !== '' && part !== '.' && !(part === '**' && parts[i + 1] === '**'))
    .map((part) => {
      if (part === '**') return { kind: 'folders' };
      const marks = parseMarks(part);
      const plain = marks.every((mark) => mark.kind === 'character');
      return plain ? { kind: 'literal', name: part } : { kind: 'wildcard', marks };
    });
}

function parseMarks(part: string): Mark[] {
  const marks: Mark[] = [];
  const characters = [...part];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!;
    if (character === '*') {
      if (marks.at(-1)?.kind !== 'star') marks.push({ kind: 'star' });
    } else if (character === '?') {
      marks.push({ kind: 'any' });
    } else if (character === '[') {
      const negated = characters[i + 1] === '!' || characters[i + 1] === '^';
      const first = i + (negated ? 2 : 1);
      const end = characters.indexOf(']', first + 1);
      if (end < 0) {
        marks.push({ kind: 'character', value: character });
      } else {
        marks.push({ kind: 'set', negated, ranges: parseRanges(characters.slice(first, end)) });
        i = end;
      }
    } else {
      marks.push({ kind: 'character', value: character });
    }
  }
  return marks;
}

function parseRanges(characters: readonly string[]): (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = [];
  for (let i = 0; i < characters.length; i++) {
    const low = characters[i]!.codePointAt(0)!;
    const isRange = characters[i + 1] === '-' && i + 2 < characters.length;
    ranges.push([low, isRange ? characters[i + 2]!.codePointAt(0)! : low]);
    if (isRange) i += 2;
  }
  return ranges;
}

/** Whether a name fits a part that is not `**`. Takes at most name times pattern steps, whatever the pattern. */
export function matchesPart(part: Exclude<PathPart, { kind: 'folders' }>, name: string): boolean {
  if (part.kind === 'literal') return part.name === name;
  const first = part.marks[0];
  if (name.startsWith('.') && !(first?.kind === 'character' && first.value === '.')) return false;
  return matchesMarks(part.marks, [...name]);
}

function matchesMarks(marks: readonly Mark[], name: readonly string[]): boolean {
  let mark = 0;
  let position = 0;
  let lastStar = -1;
  let afterStar = 0;
  while (position < name.length) {
    const current = marks[mark];
    if (current?.kind === 'star') {
      lastStar = mark++;
      afterStar = position;
    } else if (current !== undefined && matchesMark(current, name[position]!)) {
      mark++;
      position++;
    } else if (lastStar >= 0) {
      mark = lastStar + 1;
      position = ++afterStar;
    } else {
      return false;
    }
  }
  while (marks[mark]?.kind === 'star') mark++;
  return mark === marks.length;
}

function matchesMark(mark: Exclude<Mark, { kind: 'star' }>, character: string): boolean {
  switch (mark.kind) {
    case 'any':
      return true;
    case 'character':
      return mark.value === character;
    case 'set': {
      const code = character.codePointAt(0)!;
      return mark.negated !== mark.ranges.some(([low, high]) => low <= code && code <= high);
    }
  }
}

/** `a{b,c}d` stands for `abd` and `acd`; braces may be nested. No more than 1,000 patterns come out. */
export function expandBraces(pattern: string): readonly string[] {
  const open = pattern.indexOf('{');
  const cuts = open < 0 ? [] : cutsOfBraces(pattern, open);
  const close = cuts.at(-1);
  if (close === undefined) return [pattern];
  const patterns: string[] = [];
  for (let i = 0; i + 1 < cuts.length && patterns.length < mostPatterns; i++) {
    const choice = pattern.slice(cuts[i]! + 1, cuts[i + 1]);
    patterns.push(...expandBraces(pattern.slice(0, open) + choice + pattern.slice(close + 1)));
  }
  return patterns.slice(0, mostPatterns);
}

const mostPatterns = 1_000;

/** Places of the opening brace, of its commas, and of the closing one; nothing when it does not close. */
function cutsOfBraces(pattern: string, open: number): readonly number[] {
  const cuts = [open];
  let depth = 0;
  for (let i = open; i < pattern.length; i++) {
    const character = pattern[i];
    if (character === '{') depth++;
    else if (character === ',' && depth === 1) cuts.push(i);
    else if (character === '}' && --depth === 0) return [...cuts, i];
  }
  return [];
}
