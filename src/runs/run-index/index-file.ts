import { createHash } from 'node:crypto';
import type { SparseColumn } from './columns.ts';

/** What an index holds: a value, written whole and read part by part. */
export interface IndexContent {
  /** Where the records stand: an index of another place is not this one's. */
  readonly place: string;
  /** Id of the snapshot that it was made from. */
  readonly snapshot: string;
  /** Number of readable records. */
  readonly rows: number;
  readonly columns: ReadonlyMap<string, SparseColumn>;
  /** Of the file of each row, in order. */
  readonly versions: readonly string[];
  /** Whatever else belongs to it, as JSON. */
  readonly rest: unknown;
}

/** An index whose bytes are not what they were when they were written. It is made anew. */
export class DamagedIndex extends Error {}

/**
 * Changes with the layout and with what is kept of a record: an index of another format is not read.
 *
 * Layout: 8 bytes of this; the length of the header in 4, little-endian; 32 digits of its hash; the header as JSON; then
 * sections, each beginning at a multiple of 8. Numbers are as this machine writes them: the file never leaves it.
 */
const format = 'TYRUNS02';
const headerAt = 44;

interface Header {
  readonly place: string;
  readonly snapshot: string;
  readonly rows: number;
  /** Name, number of values, section. */
  readonly columns: readonly (readonly [string, number, Section])[];
  readonly versions: Section;
  readonly rest: Section;
}

/** Where it begins behind the header, its length in bytes, its hash. */
type Section = readonly [number, number, string];

export function encodeIndex(content: IndexContent): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  const section = (...pieces: readonly Buffer[]): Section => {
    const bytes = Buffer.concat(pieces);
    const begin = at;
    const padding = Buffer.alloc((8 - (bytes.length % 8)) % 8);
    parts.push(bytes, padding);
    at += bytes.length + padding.length;
    return [begin, bytes.length, hashOf(bytes)];
  };
  const header: Header = {
    place: content.place,
    snapshot: content.snapshot,
    rows: content.rows,
    columns: [...content.columns].map(([name, { rows, kinds, values, texts }]) => [
      name,
      rows.length,
      section(bytesOf(values), bytesOf(rows), bytesOf(kinds), Buffer.from(JSON.stringify(texts))),
    ]),
    versions: section(Buffer.from(content.versions.join('\n'))),
    rest: section(Buffer.from(JSON.stringify(content.rest))),
  };
  const text = Buffer.from(JSON.stringify(header));
  const beginning = Buffer.alloc(headerAt);
  beginning.write(format, 0, 'latin1');
  beginning.writeUInt32LE(text.length, 8);
  beginning.write(hashOf(text), 12, 'latin1');
  return Buffer.concat([beginning, text, Buffer.alloc((8 - ((headerAt + text.length) % 8)) % 8), ...parts]);
}

/** The bytes of an index, of which each part is checked when it is read. */
export class IndexFile {
  readonly place: string;
  readonly snapshot: string;
  readonly rows: number;
  /** Names of the columns, with the number of values in each. */
  readonly columns: ReadonlyMap<string, number>;
  readonly #bytes: Buffer;
  readonly #sectionsAt: number;
  readonly #header: Header;
  readonly #sections: ReadonlyMap<string, Section>;

  /** @throws DamagedIndex when it is none, or of another format */
  constructor(bytes: Buffer) {
    if (bytes.length < headerAt || bytes.toString('latin1', 0, 8) !== format) throw new DamagedIndex();
    const end = headerAt + bytes.readUInt32LE(8);
    const text = bytes.subarray(headerAt, end);
    if (end > bytes.length || hashOf(text) !== bytes.toString('latin1', 12, headerAt))
      throw new DamagedIndex();
    this.#bytes = bytes;
    this.#header = JSON.parse(text.toString('utf8')) as Header;
    this.#sectionsAt = Math.ceil(end / 8) * 8;
    this.place = this.#header.place;
    this.snapshot = this.#header.snapshot;
    this.rows = this.#header.rows;
    this.columns = new Map(this.#header.columns.map(([name, count]) => [name, count]));
    this.#sections = new Map(this.#header.columns.map(([name, , section]) => [name, section]));
  }

  column(name: string): SparseColumn | undefined {
    const section = this.#sections.get(name);
    const count = this.columns.get(name);
    if (section === undefined || count === undefined) return undefined;
    const bytes = this.#read(section);
    // A copy is aligned, whatever the place of the bytes in their buffer.
    const numbers = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 13 * count);
    return {
      values: new Float64Array(numbers, 0, count),
      rows: new Uint32Array(numbers, 8 * count, count),
      kinds: new Uint8Array(numbers, 12 * count, count),
      texts: JSON.parse(bytes.toString('utf8', 13 * count)) as string[],
    };
  }

  versions(): readonly string[] {
    const text = this.#read(this.#header.versions).toString('utf8');
    return text === '' ? [] : text.split('\n');
  }

  rest(): unknown {
    return JSON.parse(this.#read(this.#header.rest).toString('utf8'));
  }

  #read([begin, length, hash]: Section): Buffer {
    const at = this.#sectionsAt + begin;
    const bytes = this.#bytes.subarray(at, at + length);
    if (hashOf(bytes) !== hash) throw new DamagedIndex();
    return bytes;
  }
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
