import type { JsonScalar } from '../../base/index.ts';

/** Values of one field, of the rows that have it. Rows are numbered from 0 and ascend. */
export interface SparseColumn {
  readonly rows: Uint32Array;
  readonly kinds: Uint8Array;
  /** The number; of a text its place in `texts`; 0 of everything else. */
  readonly values: Float64Array;
  readonly texts: readonly string[];
}

/** The same with a place for every row. */
export interface Column {
  /** A `CellKind` a row. */
  readonly kinds: Uint8Array;
  readonly values: Float64Array;
  readonly texts: readonly string[];
}

export const missing = 0;
export const isNumber = 1;
export const isText = 2;
export const isTrue = 3;
export const isFalse = 4;
export const isNull = 5;

/** The value at a row; `undefined` where there is none. */
export function valueAt({ kinds, values, texts }: Column, row: number): JsonScalar | undefined {
  switch (kinds[row]) {
    case isNumber:
      return values[row]!;
    case isText:
      return texts[values[row]!]!;
    case isTrue:
      return true;
    case isFalse:
      return false;
    case isNull:
      return null;
    default:
      return undefined;
  }
}

export function dense({ rows, kinds, values, texts }: SparseColumn, count: number): Column {
  // Rows ascend, so a column with as many values as there are rows has one in each.
  if (rows.length === count) return { kinds, values, texts };
  const column = { kinds: new Uint8Array(count), values: new Float64Array(count), texts };
  for (let i = 0; i < rows.length; i++) {
    column.kinds[rows[i]!] = kinds[i]!;
    column.values[rows[i]!] = values[i]!;
  }
  return column;
}

/** A column that grows row by row. */
class ColumnBuilder {
  readonly #rows: number[] = [];
  readonly #kinds: number[] = [];
  readonly #values: number[] = [];
  readonly #places = new Map<string, number>();

  /** Rows may come in any order, each once. */
  add(row: number, value: JsonScalar): void {
    this.#rows.push(row);
    if (typeof value === 'number') {
      this.#kinds.push(isNumber);
      this.#values.push(value);
    } else if (typeof value === 'string') {
      this.#kinds.push(isText);
      this.#values.push(this.#place(value));
    } else {
      this.#kinds.push(value === null ? isNull : value ? isTrue : isFalse);
      this.#values.push(0);
    }
  }

  /** Adds those values of another column whose rows are kept, at their new rows. */
  addFrom(column: SparseColumn, newRowOf: Int32Array): void {
    const places = new Int32Array(column.texts.length).fill(-1);
    for (let i = 0; i < column.rows.length; i++) {
      const row = newRowOf[column.rows[i]!]!;
      if (row < 0) continue;
      const kind = column.kinds[i]!;
      let value = column.values[i]!;
      if (kind === isText) {
        const text = value;
        if (places[text] === -1) places[text] = this.#place(column.texts[text]!);
        value = places[text]!;
      }
      this.#rows.push(row);
      this.#kinds.push(kind);
      this.#values.push(value);
    }
  }

  finish(): SparseColumn {
    const count = this.#rows.length;
    const column = {
      rows: new Uint32Array(this.#rows),
      kinds: new Uint8Array(this.#kinds),
      values: new Float64Array(this.#values),
      texts: [...this.#places.keys()],
    };
    let isSorted = true;
    for (let i = 1; i < count && isSorted; i++) isSorted = column.rows[i - 1]! < column.rows[i]!;
    if (isSorted) return column;
    const order = new Uint32Array(count).map((_, i) => i).sort((a, b) => column.rows[a]! - column.rows[b]!);
    return {
      rows: column.rows.map((_, i) => column.rows[order[i]!]!),
      kinds: column.kinds.map((_, i) => column.kinds[order[i]!]!),
      values: column.values.map((_, i) => column.values[order[i]!]!),
      texts: column.texts,
    };
  }

  #place(text: string): number {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    const place = this.#places.size;
    this.#places.set(text, place);
    return place;
  }
}

/** Columns by name, each made when it gets its first value. */
export class ColumnBuilders {
  readonly #builders = new Map<string, ColumnBuilder>();

  builder(name: string): ColumnBuilder {
    const known = this.#builders.get(name);
    if (known !== undefined) return known;
    const made = new ColumnBuilder();
    this.#builders.set(name, made);
    return made;
  }

  add(row: number, cells: ReadonlyMap<string, JsonScalar>): void {
    for (const [name, value] of cells) this.builder(name).add(row, value);
  }

  /** Those that have a value. */
  finish(): ReadonlyMap<string, SparseColumn> {
    const columns = [...this.#builders].map(([name, it]) => [name, it.finish()] as const);
    return new Map(columns.filter(([, { rows }]) => rows.length > 0));
  }
}
