/**
 * Regular expressions that are matched in time proportional to the length of the text, whatever the expression (Thompson
 * 1968): all states at once instead of one after the other with a way back. Texts of records come from anywhere.
 *
 * `.` `[a-z]` `[^a-z]` `\d \w \s` and their opposites, `( )`, `|`, `* + ? {n} {n,} {n,m}`, `^ $`; `(?i)` at the
 * beginning leaves the case of letters aside. A match anywhere in the text counts.
 */
export interface LinearPattern {
  matches(text: string): boolean;
}

export interface PatternMistake {
  readonly message: string;
  /** In the pattern, from 0. */
  readonly at: number;
}

type Instruction =
  | { readonly kind: 'character'; readonly test: (code: number) => boolean }
  | { readonly kind: 'split'; readonly to: readonly number[] }
  | { readonly kind: 'begin' | 'end' | 'match' };

type Node =
  | { readonly kind: 'character'; readonly test: (code: number) => boolean }
  | { readonly kind: 'begin' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly least: number; readonly most: number };

const largestProgram = 2_000;
const deepestGroup = 100;

/** @returns the pattern, or what is wrong with it */
export function linearPattern(source: string): LinearPattern | PatternMistake {
  try {
    const ignoreCase = source.startsWith('(?i)');
    const node = new PatternParser(source, ignoreCase ? 4 : 0, ignoreCase).parse();
    const program: Instruction[] = [];
    emit(node, program, source.length);
    program.push({ kind: 'match' });
    return { matches: (text) => run(program, ignoreCase ? text.toLowerCase() : text) };
  } catch (error) {
    if (error instanceof Mistake) return { message: error.message, at: error.at };
    throw error;
  }
}

class Mistake extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

class PatternParser {
  readonly #source: string;
  readonly #ignoreCase: boolean;
  #at: number;
  #depth = 0;

  constructor(source: string, at: number, ignoreCase: boolean) {
    this.#source = source;
    this.#at = at;
    this.#ignoreCase = ignoreCase;
  }

  parse(): Node {
    const node = this.#choice();
    if (this.#at < this.#source.length) throw new Mistake('There is no "(" for this ")"', this.#at);
    return node;
  }

  #choice(): Node {
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at]!))
      parts.push(this.#repeated());
    return { kind: 'sequence', parts };
  }

  #repeated(): Node {
    const at = this.#at;
    let part = this.#atom();
    for (let times = 0; ; times++) {
      const count = this.#count();
      if (count === undefined) return part;
      if (part.kind === 'begin' || part.kind === 'end' || times > 0) {
        throw new Mistake('There is nothing here to repeat', at);
      }
      this.#take('?');
      part = { kind: 'repeat', part, ...count };
    }
  }

  #count(): { readonly least: number; readonly most: number } | undefined {
    if (this.#take('*')) return { least: 0, most: Number.POSITIVE_INFINITY };
    if (this.#take('+')) return { least: 1, most: Number.POSITIVE_INFINITY };
    if (this.#take('?')) return { least: 0, most: 1 };
    const braces = /^\{(\d{1,4})(,(\d{1,4})?)?\}/.exec(this.#source.slice(this.#at, this.#at + 16));
    if (braces === null) return undefined;
    const least = Number(braces[1]);
    const unbounded = braces[3] === undefined ? Number.POSITIVE_INFINITY : Number(braces[3]);
    const most = braces[2] === undefined ? least : unbounded;
    if (most < least) throw new Mistake(`It cannot stand ${least} to ${most} times`, this.#at);
    this.#at += braces[0].length;
    return { least, most };
  }

  #atom(): Node {
    const at = this.#at;
    const character = this.#next();
    switch (character) {
      case '^':
        return { kind: 'begin' };
      case '$':
        return { kind: 'end' };
      case '.':
        return { kind: 'character', test: (code) => code !== 10 };
      case '(':
        return this.#group(at);
      case '[':
        return { kind: 'character', test: this.#set(at) };
      case '\\':
        return { kind: 'character', test: this.#escape(at) };
      case '*':
      case '+':
      case '?':
        throw new Mistake('There is nothing here to repeat', at);
      default:
        return { kind: 'character', test: this.#exactly(character) };
    }
  }

  #group(at: number): Node {
    if (this.#take('?')) {
      if (!this.#take(':'))
        throw new Mistake('Of "(?…" only "(?:…)" and, at the beginning, "(?i)" are known', at);
    }
    if (++this.#depth > deepestGroup) throw new Mistake('There are too many "(" inside of each other', at);
    const node = this.#choice();
    this.#depth--;
    if (!this.#take(')')) throw new Mistake('There is no ")" for this "("', at);
    return node;
  }

  #set(at: number): (code: number) => boolean {
    const negated = this.#take('^');
    const tests: ((code: number) => boolean)[] = [];
    for (let first = true; ; first = false) {
      if (this.#at >= this.#source.length) throw new Mistake('There is no "]" for this "["', at);
      const from = this.#at;
      const character = this.#next();
      if (character === ']' && !first) break;
      if (character === '\\') tests.push(this.#escape(from));
      else if (this.#source[this.#at] === '-' && !']'.includes(this.#source[this.#at + 1] ?? ']')) {
        this.#at++;
        tests.push(this.#range(from, character, this.#next()));
      } else tests.push(this.#exactly(character));
    }
    return (code) => tests.some((test) => test(code)) !== negated;
  }

  #range(at: number, from: string, to: string): (code: number) => boolean {
    const [low, high] = [from.codePointAt(0)!, to.codePointAt(0)!];
    if (low > high || to === '\\') throw new Mistake(`"${from}-${to}" is no range of characters`, at);
    if (!this.#ignoreCase) return (code) => code >= low && code <= high;
    return (code) => {
      const upper = String.fromCodePoint(code).toUpperCase().codePointAt(0)!;
      return (code >= low && code <= high) || (upper >= low && upper <= high);
    };
  }

  #escape(at: number): (code: number) => boolean {
    if (this.#at >= this.#source.length) throw new Mistake('After "\\" something is missing', at);
    const character = this.#next();
    const known = classes[character.toLowerCase()];
    if (known !== undefined) {
      return character === character.toLowerCase() ? known : (code) => !known(code);
    }
    const control = controls[character];
    if (control !== undefined) return (code) => code === control;
    if (/[A-Za-z0-9]/.test(character)) throw new Mistake(`"\\${character}" is not known`, at);
    return this.#exactly(character);
  }

  #exactly(character: string): (code: number) => boolean {
    const wanted = (this.#ignoreCase ? character.toLowerCase() : character).codePointAt(0)!;
    return (code) => code === wanted;
  }

  #next(): string {
    const character = String.fromCodePoint(this.#source.codePointAt(this.#at)!);
    this.#at += character.length;
    return character;
  }

  #take(character: string): boolean {
    if (this.#source[this.#at] !== character) return false;
    this.#at++;
    return true;
  }
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const classes: Readonly<Record<string, (code: number) => boolean>> = {
  d: isDigit,
  w: (code) => isDigit(code) || code === 95 || (code >= 65 && code <= 90) || (code >= 97 && code <= 122),
  s: (code) =>
    code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0x2028 || code === 0x2029,
};
const controls: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9 };

/** Numbers instructions from where the program ends now. */
function emit(node: Node, program: Instruction[], sourceLength: number): void {
  if (program.length > largestProgram) {
    throw new Mistake('The expression is too large: repeat less often', sourceLength);
  }
  switch (node.kind) {
    case 'character':
    case 'begin':
    case 'end':
      program.push(node);
      return;
    case 'sequence':
      for (const part of node.parts) emit(part, program, sourceLength);
      return;
    case 'choice':
      emitChoice(node.parts, program, sourceLength);
      return;
    case 'repeat':
      emitRepeat(node, program, sourceLength);
      return;
  }
}

function emitChoice(parts: readonly Node[], program: Instruction[], sourceLength: number): void {
  const split: number[] = [];
  const ends: number[][] = [];
  program.push({ kind: 'split', to: split });
  for (const part of parts) {
    split.push(program.length);
    emit(part, program, sourceLength);
    const end: number[] = [];
    program.push({ kind: 'split', to: end });
    ends.push(end);
  }
  for (const end of ends) end.push(program.length);
}

function emitRepeat(
  { part, least, most }: Node & { kind: 'repeat' },
  program: Instruction[],
  sourceLength: number,
): void {
  for (let i = 0; i < least; i++) emit(part, program, sourceLength);
  if (most === Number.POSITIVE_INFINITY) {
    const again: number[] = [program.length + 1];
    const start = program.length;
    program.push({ kind: 'split', to: again });
    emit(part, program, sourceLength);
    program.push({ kind: 'split', to: [start] });
    again.push(program.length);
    return;
  }
  const leave: number[][] = [];
  for (let i = least; i < most; i++) {
    const to: number[] = [program.length + 1];
    program.push({ kind: 'split', to });
    leave.push(to);
    emit(part, program, sourceLength);
  }
  for (const to of leave) to.push(program.length);
}

function run(program: readonly Instruction[], text: string): boolean {
  let now: number[] = [];
  let seen = new Uint8Array(program.length);
  let at = 0;
  let isDone = false;
  const follow = (first: number, into: number[], marks: Uint8Array): void => {
    const stack = [first];
    while (stack.length > 0) {
      const place = stack.pop()!;
      if (marks[place] === 1) continue;
      marks[place] = 1;
      const instruction = program[place]!;
      if (instruction.kind === 'match') isDone = true;
      else if (instruction.kind === 'split') stack.push(...instruction.to);
      else if (instruction.kind === 'character') into.push(place);
      else if (instruction.kind === 'begin' ? at === 0 : at === text.length) stack.push(place + 1);
    }
  };
  follow(0, now, seen);
  while (!isDone && at < text.length) {
    const code = text.codePointAt(at)!;
    at += code > 0xffff ? 2 : 1;
    const next: number[] = [];
    seen = new Uint8Array(program.length);
    for (const place of now) {
      const instruction = program[place]!;
      if (instruction.kind === 'character' && instruction.test(code)) follow(place + 1, next, seen);
    }
    follow(0, next, seen);
    now = next;
  }
  return isDone;
}
