import { isUtf8 } from 'node:buffer';
import type { CsvFault } from './failures.ts';

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Rows longer than this are refused: DuckDB needs a limit, and a quote that is never closed should not eat a file. */
export const longestRow: number = 4 * 2 ** 20;

/** Where the scanner stands inside a row. */
const at = { fieldStart: 0, plain: 1, quoted: 2, afterQuote: 3, afterReturn: 4 } as const;
type State = (typeof at)[keyof typeof at];

/** What a byte means outside of quotes. */
const means = { text: 0, delimiter: 1, quote: 2, lineFeed: 3, carriageReturn: 4, nul: 5 } as const;

export interface ScanOptions {
  /** One ASCII byte. */
  readonly delimiter: number;
  /** Fields of a row; `undefined` when the first row decides. */
  readonly fields?: number;
  /** Line and byte of the file where the scan starts: the start of a row. */
  readonly line: number;
  readonly offset: number;
  readonly newline?: 'lf' | 'crlf';
  /** Called for every row: the line and byte where it starts, and the byte after it. `false` stops the scan. */
  readonly onRow: (line: number, start: number, end: number) => boolean;
}

/**
 * Reads RFC 4180 byte by byte: finds the rows and refuses everything that readers of CSV disagree about. It counts
 * every row, so that what the SQL engine reads can be compared with it, and it knows the line of each.
 *
 * A line with nothing in it is not a row in a file of two or more columns; in a file of one column it is a row
 * whose value is missing. DuckDB reads both the same way.
 */
export class CsvScanner {
  readonly #classes = new Uint8Array(256);
  readonly #onRow: ScanOptions['onRow'];
  #state: State = at.fieldStart;
  #fields = 1;
  #expected: number | undefined;
  #newline: 'lf' | 'crlf' | undefined;
  #line: number;
  #offset: number;
  #rowLine: number;
  #rowStart: number;
  #quoteLine = 0;
  #stopped = false;
  /** Bytes at the end of the last chunk that may be the start of a character. */
  #tail: Buffer = Buffer.alloc(0);
  fault: { readonly fault: CsvFault; readonly line: number } | undefined;
  /** A quoted field had a line end in it. */
  breaksInQuotes = false;

  constructor(options: ScanOptions) {
    this.#classes[options.delimiter] = means.delimiter;
    this.#classes[quote] = means.quote;
    this.#classes[lineFeed] = means.lineFeed;
    this.#classes[carriageReturn] = means.carriageReturn;
    this.#classes[0] = means.nul;
    this.#onRow = options.onRow;
    this.#expected = options.fields;
    this.#newline = options.newline;
    this.#line = options.line;
    this.#offset = options.offset;
    this.#rowLine = options.line;
    this.#rowStart = options.offset;
  }

  get newline(): 'lf' | 'crlf' | undefined {
    return this.#newline;
  }

  get fields(): number | undefined {
    return this.#expected;
  }

  /** Takes the next bytes of the file. `false` when nothing more is wanted: the caller stopped, or `fault` is set. */
  push(chunk: Buffer): boolean {
    if (!this.#checkEncoding(chunk)) return false;
    const base = this.#offset;
    let i = 0;
    while (i < chunk.length) {
      if (this.#state === at.quoted) {
        i = this.#skipQuoted(chunk, i);
        if (i < 0) return false;
        continue;
      }
      const meaning = this.#classes[chunk[i]!];
      if (meaning === means.text && this.#state <= at.plain) {
        this.#state = at.plain;
        i++;
        continue;
      }
      if (!this.#step(meaning!, base + i)) return false;
      i++;
    }
    this.#offset = base + chunk.length;
    if (this.#offset - this.#rowStart > longestRow) {
      return this.#refuse({ kind: 'row-too-long', limit: longestRow }, this.#rowLine);
    }
    return true;
  }

  /** Says that the file ends here. */
  end(): boolean {
    if (this.#stopped || this.fault !== undefined) return false;
    if (this.#tail.length > 0) return this.#refuse({ kind: 'encoding', utf16: false }, this.#line);
    if (this.#state === at.quoted) return this.#refuse({ kind: 'quote-open' }, this.#quoteLine);
    if (this.#state === at.afterReturn) return this.#refuse({ kind: 'newline', found: 'cr' }, this.#line);
    if (this.#offset > this.#rowStart) return this.#endRow(this.#offset);
    return true;
  }

  #step(meaning: number, offset: number): boolean {
    if (this.#state === at.afterReturn && meaning !== means.lineFeed) {
      return this.#refuse({ kind: 'newline', found: 'cr' }, this.#line);
    }
    switch (meaning) {
      case means.delimiter:
        this.#fields++;
        this.#state = at.fieldStart;
        return true;
      case means.quote:
        if (this.#state === at.plain) return this.#refuse({ kind: 'quote', where: 'inside' }, this.#line);
        if (this.#state === at.fieldStart) this.#quoteLine = this.#line;
        this.#state = at.quoted;
        return true;
      case means.carriageReturn:
        if (this.#newline === 'lf') return this.#refuse({ kind: 'newline', found: 'crlf' }, this.#line);
        this.#state = at.afterReturn;
        return true;
      case means.lineFeed: {
        const found = this.#state === at.afterReturn ? 'crlf' : 'lf';
        this.#newline ??= found;
        if (found !== this.#newline) return this.#refuse({ kind: 'newline', found }, this.#line);
        return this.#endRow(offset + 1);
      }
      case means.nul:
        return this.#refuse({ kind: 'nul' }, this.#line);
      default:
        return this.#refuse({ kind: 'quote', where: 'after' }, this.#line);
    }
  }

  /** Index of the first byte after the next quote, or the chunk's length; -1 for a fault. */
  #skipQuoted(chunk: Buffer, from: number): number {
    const found = chunk.indexOf(quote, from);
    const end = found < 0 ? chunk.length : found;
    for (let i = from; i < end; i++) {
      const byte = chunk[i]!;
      if (byte === lineFeed) {
        this.#line++;
        this.breaksInQuotes = true;
      } else if (byte === carriageReturn) {
        this.breaksInQuotes = true;
      } else if (byte === 0) {
        this.#refuse({ kind: 'nul' }, this.#line);
        return -1;
      }
    }
    if (found < 0) return end;
    this.#state = at.afterQuote;
    return found + 1;
  }

  #endRow(end: number): boolean {
    const width = end - this.#rowStart;
    const isBlank =
      this.#fields === 1 && width <= 2 && this.#state !== at.plain && this.#state !== at.afterQuote;
    this.#expected ??= this.#fields;
    if (width > longestRow) return this.#refuse({ kind: 'row-too-long', limit: longestRow }, this.#rowLine);
    const start = this.#rowStart;
    const line = this.#rowLine;
    const fields = this.#fields;
    this.#line++;
    this.#rowLine = this.#line;
    this.#rowStart = end;
    this.#fields = 1;
    this.#state = at.fieldStart;
    if (isBlank && this.#expected > 1) return true;
    if (fields !== this.#expected) {
      return this.#refuse({ kind: 'ragged', expected: this.#expected, found: fields }, line);
    }
    if (this.#onRow(line, start, end)) return true;
    this.#stopped = true;
    return false;
  }

  /** A whole chunk is checked at once; a character that a chunk cuts is checked with the next one. */
  #checkEncoding(chunk: Buffer): boolean {
    const bytes = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk]);
    const cut = incompleteCharacter(bytes);
    const whole = cut === 0 ? bytes : bytes.subarray(0, bytes.length - cut);
    if (isUtf8(whole)) {
      this.#tail = Buffer.from(bytes.subarray(bytes.length - cut));
      return true;
    }
    let line = this.#line;
    for (let start = 0; start < whole.length; line++) {
      const next = whole.indexOf(lineFeed, start);
      const end = next < 0 ? whole.length : next + 1;
      if (!isUtf8(whole.subarray(start, end))) break;
      start = end;
    }
    const utf16 =
      this.#offset === 0 && (bytes.indexOf('fffe', 0, 'hex') === 0 || bytes.indexOf('feff', 0, 'hex') === 0);
    return this.#refuse({ kind: 'encoding', utf16 }, line);
  }

  #refuse(fault: CsvFault, line: number): false {
    this.fault = { fault, line };
    return false;
  }
}

/** How many bytes at the end are the start of a UTF-8 character whose rest is not there. */
function incompleteCharacter(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < length ? back : 0;
    }
  }
  return 0;
}
