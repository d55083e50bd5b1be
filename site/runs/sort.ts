import type { Column } from '@format';
import { cellKinds, fieldValue } from '@format';
import type { RunsTable } from './runs-table.ts';

export interface SortKey {
  readonly field: string;
  readonly descending: boolean;
}

/** By one key after the other; what a run does not have comes last in any direction, equals come newest first. */
export function sortedRows(
  table: RunsTable,
  rows: Int32Array<ArrayBuffer>,
  keys: readonly SortKey[],
): Int32Array<ArrayBuffer> {
  if (keys.length === 0) return rows;
  const parts = keys.map(({ field, descending }) => ({
    ranks: ranksOf(table, field),
    sign: descending ? -1 : 1,
  }));
  return rows.slice().sort((a, b) => {
    for (const { ranks, sign } of parts) {
      const [one, other] = [ranks[a]!, ranks[b]!];
      if (one === other) continue;
      if (one === last || other === last) return one === last ? 1 : -1;
      return sign * (one < other ? -1 : 1);
    }
    return a - b;
  });
}

const last = Number.POSITIVE_INFINITY;

/**
 * A number for each row, in the order of the values as `trainyard runs list --sort` has it: null, booleans, numbers,
 * texts.
 */
function ranksOf(table: RunsTable, field: string): Float64Array {
  const column = field === 'tag' || field === 'note' ? saidColumn(table, field) : table.column(field);
  const { kinds, values, texts } = column;
  const { isNumber, isText, isTrue, isFalse, isNull, missing } = cellKinds;
  const ranks = new Float64Array(table.count).fill(last);
  if (!kinds.some((kind) => kind === isText || kind > isText)) {
    for (let row = 0; row < ranks.length; row++) if (kinds[row] === isNumber) ranks[row] = values[row]!;
    return ranks;
  }
  const orderOfText = new Float64Array(texts.length);
  const sortedTexts = texts.map((_, i) => i).sort((a, b) => (texts[a]! < texts[b]! ? -1 : 1));
  sortedTexts.forEach((text, i) => {
    orderOfText[text] = i;
  });
  const numbers = [...new Set(values.filter((_, row) => kinds[row] === isNumber))].sort((a, b) => a - b);
  const orderOfNumber = new Map(numbers.map((value, i) => [value, i]));
  for (let row = 0; row < ranks.length; row++) {
    const kind = kinds[row]!;
    if (kind === missing) continue;
    if (kind === isNull) ranks[row] = 0;
    else if (kind === isFalse) ranks[row] = 1;
    else if (kind === isTrue) ranks[row] = 2;
    else if (kind === isNumber) ranks[row] = 3 + orderOfNumber.get(values[row]!)!;
    else ranks[row] = 3 + numbers.length + orderOfText[values[row]!]!;
  }
  return ranks;
}

function saidColumn(table: RunsTable, field: string): Column {
  const column = { kinds: new Uint8Array(table.count), values: new Float64Array(table.count) };
  const texts: string[] = [];
  for (const row of table.said) {
    const value = fieldValue(table, row, field);
    if (typeof value !== 'string') continue;
    column.kinds[row] = cellKinds.isText;
    column.values[row] = texts.push(value) - 1;
  }
  return { ...column, ...sameTextsOnce(texts, column.values, column.kinds) };
}

/** Equal texts get one place, so that they are equal in the order too. */
function sameTextsOnce(
  texts: readonly string[],
  values: Float64Array,
  kinds: Uint8Array,
): { readonly texts: readonly string[] } {
  const places = new Map<string, number>();
  for (let row = 0; row < kinds.length; row++) {
    if (kinds[row] !== cellKinds.isText) continue;
    const text = texts[values[row]!]!;
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    values[row] = place;
  }
  return { texts: [...places.keys()] };
}

/** What a click on the head of a column makes of the order; with others kept when `adds`. */
export function toggledSort(
  keys: readonly SortKey[],
  field: string,
  { adds, first }: { readonly adds: boolean; readonly first: 'ascending' | 'descending' },
): readonly SortKey[] {
  const known = keys.find((key) => key.field === field);
  const others = adds ? keys.filter((key) => key.field !== field) : [];
  const descends = first === 'descending';
  if (known === undefined) return [...others, { field, descending: descends }];
  // Third click: as it was.
  if (known.descending !== descends) return others;
  const turned = { field, descending: !descends };
  return adds ? keys.map((key) => (key.field === field ? turned : key)) : [turned];
}
