import type { JsonScalar } from '../../base/index.ts';

/** What cannot be skimmed; caught where a record begins. */
export class NotSkimmed extends Error {}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** By byte: 0 ordinary, 1 opens, 2 closes, 3 begins a string. */
const kinds = new Uint8Array(256);
kinds[openBracket] = kinds[openBrace] = 1;
kinds[closeBracket] = kinds[closeBrace] = 2;
kinds[quote] = 3;

/** Deeper JSON than this is no record; a real one is 9 deep. */
const deepest = 64;

const numberPattern = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/**
 * Walks through the bytes of a JSON text, jumps over values at about a nanosecond a byte, and parses only those that are
 * asked for. Of what it jumps over it sees no more than where strings end and that brackets are balanced.
 *
 * @throws NotSkimmed where the bytes are not JSON, or not what was asked for
 */
export class JsonSkimmer {
  /** Where it is: at the beginning of a value when a visitor is called, behind it when the visitor is done. */
  at: number;
  readonly #bytes: Buffer;
  readonly #end: number;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#end = bytes.length;
    // RFC 8259 lets a reader ignore a byte order mark; `JSON.parse` of decoded UTF-8 never sees one either.
    this.at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  }

  /** Calls the visitor at each value of an object; it has to go behind the value, by skipping or by reading. */
  object(visit: (key: string) => void): void {
    this.#expect(openBrace, 'an object');
    if (this.#next() === closeBrace) {
      this.at++;
      return;
    }
    for (;;) {
      this.#next();
      const key = this.string();
      this.#expect(colon, '":"');
      this.#next();
      visit(key);
      if (this.#endsWith(closeBrace)) return;
    }
  }

  array(visit: () => void): void {
    this.#expect(openBracket, 'an array');
    if (this.#next() === closeBracket) {
      this.at++;
      return;
    }
    for (;;) {
      this.#next();
      visit();
      if (this.#endsWith(closeBracket)) return;
    }
  }

  isNull(): boolean {
    return this.#bytes[this.at] === 0x6e;
  }

  isObject(): boolean {
    return this.#bytes[this.at] === openBrace;
  }

  scalar(): JsonScalar {
    const first = this.#next();
    if (first === quote) return this.string();
    if (first === 0x74) return this.#word('true', true);
    if (first === 0x66) return this.#word('false', false);
    if (first === 0x6e) return this.#word('null', null);
    return this.number();
  }

  number(): number {
    const text = this.#bytes.toString('latin1', this.at, this.#endOfWord());
    const value = numberPattern.test(text) ? Number(text) : Number.NaN;
    if (!Number.isFinite(value)) throw this.#wrong('a number');
    this.at += text.length;
    return value;
  }

  string(): string {
    if (this.#next() !== quote) throw this.#wrong('a text');
    const bytes = this.#bytes;
    const start = this.at;
    let i = start + 1;
    let all = 0;
    let plain = true;
    for (; i < this.#end; i++) {
      const byte = bytes[i]!;
      if (byte === quote) break;
      if (byte < 0x20) throw this.#wrong('a text without line breaks');
      if (byte === backslash) {
        plain = false;
        i++;
      }
      all |= byte;
    }
    if (i >= this.#end) throw this.#wrong('the end of a text');
    this.at = i + 1;
    if (plain && all < 0x80) return bytes.toString('latin1', start + 1, i);
    try {
      return JSON.parse(utf8.decode(bytes.subarray(start, i + 1))) as string;
    } catch {
      throw this.#wrong('a text in UTF-8');
    }
  }

  /** Goes behind the value. */
  skip(): void {
    const bytes = this.#bytes;
    const end = this.#end;
    let i = this.at;
    const kind = i < end ? kinds[bytes[i]!] : 2;
    if (kind === 2) throw this.#wrong('a value');
    if (kind !== 1) {
      this.scalar();
      return;
    }
    let depth = 0;
    while (i < end) {
      const byte = bytes[i++]!;
      // Digits, signs, commas and colons: most of what stands outside of texts.
      if (byte > quote && byte < openBracket) continue;
      if (byte === quote) {
        while (i < end) {
          const inner = bytes[i++]!;
          if (inner === quote) break;
          if (inner === backslash) i++;
        }
        continue;
      }
      const kind = kinds[byte]!;
      if (kind === 0) continue;
      depth += kind === 1 ? 1 : -1;
      if (depth > deepest) break;
      if (depth === 0) {
        this.at = i;
        return;
      }
    }
    if (depth > deepest) {
      this.at = i;
      throw this.#wrong(`of no more than ${deepest} levels`);
    }
    this.at = end;
    throw this.#wrong('the end of a value');
  }

  /** Nothing but white space may follow. */
  end(): void {
    this.#next();
    if (this.at < this.#end) throw this.#wrong('the end');
  }

  /** The byte after white space, which becomes the place. */
  #next(): number | undefined {
    const bytes = this.#bytes;
    while (this.at < this.#end) {
      const byte = bytes[this.at]!;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.at++;
    }
    return undefined;
  }

  #expect(byte: number, what: string): void {
    if (this.#next() !== byte) throw this.#wrong(what);
    this.at++;
  }

  #endsWith(closing: number): boolean {
    const byte = this.#next();
    if (byte !== comma && byte !== closing) throw this.#wrong(`"," or "${String.fromCharCode(closing)}"`);
    this.at++;
    return byte === closing;
  }

  #word<T>(word: string, value: T): T {
    if (this.#bytes.toString('latin1', this.at, this.#endOfWord()) !== word) throw this.#wrong('a value');
    this.at += word.length;
    return value;
  }

  /** Of letters, digits, signs and dots: at most so long as a number can sensibly be. */
  #endOfWord(): number {
    const limit = Math.min(this.#end, this.at + 400);
    let i = this.at;
    while (i < limit && wordBytes[this.#bytes[i]!] === 1) i++;
    return i;
  }

  #wrong(expected: string): NotSkimmed {
    return new NotSkimmed(`it is not the JSON of a run record: byte ${this.at + 1} is not ${expected}`);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

const wordBytes = new Uint8Array(256);
for (const character of '+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz') {
  wordBytes[character.charCodeAt(0)] = 1;
}
