import { ByteWriter } from 'hyparquet-writer';
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js';
import type { Cells } from './cells.ts';
import type { Leaf } from './columns.ts';
import type { Dictionary } from './dictionary.ts';
import { dictionaryOf, rowsOf } from './dictionary.ts';
import { plainSize, plainValues } from './plain-values.ts';

/** A column in a group of rows, about to be encoded. */
export interface ColumnGroup {
  readonly leaf: Leaf;
  readonly cells: Cells;
  /** How much of the path is there in rows that have no value; the level of rows that have one is set here. */
  readonly levels: Uint8Array;
}

/** What the pages of a column chunk hold. */
export interface EncodedColumn {
  readonly rows: number;
  readonly missing: number;
  readonly levels: Uint8Array;
  readonly dictionary?: EncodedDictionary;
  /** Places in the dictionary, or the values themselves. */
  readonly values: Uint8Array;
}

export interface EncodedDictionary {
  readonly bytes: Uint8Array;
  readonly count: number;
}

export function encodeColumn({ leaf, cells, levels }: ColumnGroup): EncodedColumn {
  const { type, path, isPlain } = leaf;
  const found = isPlain === true || type === 'boolean' ? undefined : dictionaryOf(cells, false);
  const dictionary = found === undefined ? undefined : encodedDictionary(leaf, cells, found);
  const present = presentRows(found?.places, cells);
  if (present.length === levels.length) levels.fill(path.length);
  else for (const row of present) levels[row] = path.length;
  const values =
    dictionary === undefined
      ? plainValues({ type, cells, rows: present })
      : placeBytes(found!.places, present, dictionary.count);
  return {
    rows: levels.length,
    missing: levels.length - present.length,
    levels: levelBytes(levels, path.length),
    ...(dictionary === undefined ? {} : { dictionary }),
    values,
  };
}

/** `undefined` where the values themselves are not at least twice as long. */
function encodedDictionary(
  { type }: Leaf,
  cells: Cells,
  { firsts, counts }: Dictionary,
): EncodedDictionary | undefined {
  let [rows, plain] = [0, 0];
  for (const [place, row] of firsts.entries()) {
    rows += counts[place]!;
    plain += counts[place]! * plainSize({ type, cells }, row);
  }
  const bytes = plainValues({ type, cells, rows: firsts });
  const short = bytes.length + (rows * bitsFor(firsts.length)) / 8;
  return rows === 0 || 2 * short > plain ? undefined : { bytes, count: firsts.length };
}

/** That have a value, in order. */
function presentRows(places: Int32Array | undefined, cells: Cells): Int32Array {
  const rows = new Int32Array(rowsOf(cells));
  let count = 0;
  if (places === undefined && cells.kind === 'numbers') {
    for (let row = 0; row < rows.length; row++) if (!Number.isNaN(cells.values[row]!)) rows[count++] = row;
  } else {
    const known =
      places ?? (cells.kind === 'texts' ? cells.starts : (cells as Cells & { kind: 'choices' }).places);
    for (let row = 0; row < rows.length; row++) if (known[row]! >= 0) rows[count++] = row;
  }
  return rows.subarray(0, count);
}

/** Places of the rows given, behind how many bits each has. */
function placeBytes(places: Int32Array, rows: Int32Array, count: number): Uint8Array {
  const bits = bitsFor(count);
  const bytes = new ByteWriter();
  bytes.appendUint8(bits);
  const written = rows.length === places.length ? places : rows.map((row) => places[row]!);
  writeRleBitPackedHybrid(bytes, written, bits);
  return bytes.getBytes();
}

function levelBytes(levels: Uint8Array, highest: number): Uint8Array {
  const bytes = new ByteWriter();
  writeRleBitPackedHybrid(bytes, levels, bitsFor(highest + 1));
  return bytes.getBytes();
}

/** That tell so many apart. */
function bitsFor(count: number): number {
  return Math.ceil(Math.log2(count));
}
