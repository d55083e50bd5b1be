import { microsecondsOf, readLexical } from '../../../contract/index.ts';
import type { Cells, Choice } from './cells.ts';
import type { FieldType } from './columns.ts';
import { dictionaryOf } from './dictionary.ts';

/** Texts of a column that has another type become values of it, each distinct one once; what is none is missing. */
export function typedCells(type: FieldType, cells: Cells): Cells {
  if (cells.kind === 'numbers' || type === 'string') return cells;
  const { places, firsts } = dictionaryOf(cells, true)!;
  const values = firsts.map((row) => typedValue(type, textOf(cells, row)));
  const list: Choice[] = [];
  const typed = values.map((value) => (value === undefined ? -1 : list.push(value) - 1));
  return { kind: 'choices', list, places: places.map((place) => (place < 0 ? -1 : typed[place]!)) };
}

/** Days or microseconds since 1970 of dates and timestamps. */
export function typedValue(type: FieldType, text: string): number | bigint | undefined {
  switch (type) {
    case 'date': {
      const day = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
      return Number.isNaN(day) ? undefined : day / 86_400_000;
    }
    case 'timestamp':
      return readLexical('timestamp', text) === undefined ? undefined : microsecondsOf(text);
    default: {
      const value = Number(text);
      return text !== '' && Number.isSafeInteger(value) ? value : undefined;
    }
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

function textOf(cells: Exclude<Cells, { kind: 'numbers' }>, row: number): string {
  return cells.kind === 'choices'
    ? String(cells.list[cells.places[row]!])
    : utf8.decode(cells.bytes.subarray(cells.starts[row], cells.ends[row]));
}
