import { ByteWriter } from 'hyparquet-writer';
import type { Cells, Choice } from './cells.ts';
import type { FieldType } from './columns.ts';

export interface PlainValues {
  readonly type: FieldType;
  readonly cells: Cells;
  /** Rows that have a value. */
  readonly rows: ArrayLike<number>;
}

/** The values of rows in the encoding PLAIN: https://parquet.apache.org/docs/file-format/data-pages/encodings/ */
export function plainValues({ type, cells, rows }: PlainValues): Uint8Array {
  const bytes = new ByteWriter(8 * rows.length + 64);
  switch (cells.kind) {
    case 'numbers':
      appendNumbers(bytes, type, { values: cells.values, rows });
      break;
    case 'choices': {
      const append = choiceAppender(bytes, type, cells.list);
      for (let i = 0; i < rows.length; i++) append(cells.places[rows[i]!]!);
      break;
    }
    case 'texts':
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!;
        appendPiece(bytes, cells.bytes, { start: cells.starts[row]!, end: cells.ends[row]! });
      }
  }
  return bytes.getBytes();
}

/** How many bytes the value of a row takes. */
export function plainSize({ type, cells }: Omit<PlainValues, 'rows'>, row: number): number {
  if (cells.kind === 'texts') return 4 + cells.ends[row]! - cells.starts[row]!;
  if (cells.kind === 'numbers' || type !== 'string') return type === 'date' ? 4 : 8;
  return 4 + Buffer.byteLength(cells.list[cells.places[row]!] as string);
}

interface NumbersOfRows {
  readonly values: Float64Array;
  readonly rows: ArrayLike<number>;
}

function appendNumbers(bytes: ByteWriter, type: FieldType, { values, rows }: NumbersOfRows): void {
  if (type === 'boolean') {
    for (let i = 0; i < rows.length; i += 8) {
      let eight = 0;
      for (let bit = 0; bit < 8 && i + bit < rows.length; bit++) eight |= values[rows[i + bit]!]! << bit;
      bytes.appendUint8(eight);
    }
  } else if (type === 'number') {
    for (let i = 0; i < rows.length; i++) bytes.appendFloat64(values[rows[i]!]!);
  } else {
    // Moments come in milliseconds, and are kept in microseconds.
    const unit = type === 'timestamp' ? 1000 : 1;
    for (let i = 0; i < rows.length; i++) appendInteger(bytes, values[rows[i]!]! * unit);
  }
}

/** 64 bits, without the memory that a BigInt takes. */
function appendInteger(bytes: ByteWriter, value: number): void {
  bytes.appendUint32(value >>> 0);
  bytes.appendInt32(Math.floor(value / 2 ** 32));
}

function choiceAppender(
  bytes: ByteWriter,
  type: FieldType,
  list: readonly Choice[],
): (place: number) => void {
  if (type === 'date') return (place) => bytes.appendInt32(list[place] as number);
  if (type !== 'string') return (place) => bytes.appendInt64(BigInt(list[place]!));
  const texts = list.map((text) => utf8.encode(text as string));
  return (place) => appendPiece(bytes, texts[place]!, { start: 0, end: texts[place]!.length });
}

const utf8 = new TextEncoder();

/** Behind its length; most are so short that a copy in one piece takes longer. */
function appendPiece(
  bytes: ByteWriter,
  from: Uint8Array,
  { start, end }: { start: number; end: number },
): void {
  bytes.appendUint32(end - start);
  bytes.ensure(end - start);
  const { view, index } = bytes;
  for (let i = start; i < end; i++) view.setUint8(index + i - start, from[i]!);
  bytes.index += end - start;
  bytes.offset += end - start;
}
