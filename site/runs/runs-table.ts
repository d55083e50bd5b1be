import type { Column, RunsManifest, RunsShard, RunTable } from '@format';
import { cellKinds, eachValue } from '@format';

/** What people said of a run. */
type Said = ReturnType<RunTable['notesOf']>;

const nothingSaid: Said = { tags: [], notes: [] };

interface Growing extends Column {
  readonly kinds: Uint8Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  readonly texts: string[];
  /** Places of `texts`. */
  readonly places: Map<string, number>;
}

/**
 * The runs of a site as far as they have been read, column by column, the newest first. It knows the names of all columns
 * and the number of all rows from the beginning; shards put values into it, in any order. Questions are asked of it in
 * the same way as of a repository's index.
 */
export class RunsTable implements RunTable {
  /** Rows that there are, read or not. */
  readonly count: number;
  readonly fields: ReadonlyMap<string, number>;
  readonly manifest: RunsManifest;
  /** Tags that any run has which was read. */
  readonly tags: Set<string> = new Set<string>();
  /** Whether any run has a note. */
  hasNotes = false;
  readonly #columns = new Map<string, Growing>();
  readonly #starts: readonly number[];
  readonly #read: boolean[];
  readonly #said = new Map<number, Said>();
  readonly #missing: Column;

  constructor(manifest: RunsManifest) {
    let start = 0;
    const starts: number[] = [];
    for (const { rows } of manifest.shards) {
      starts.push(start);
      start += rows;
    }
    this.manifest = manifest;
    this.count = start;
    this.#starts = starts;
    this.#read = starts.map(() => false);
    this.fields = new Map(manifest.columns.map(({ name, runs }) => [name, runs]));
    this.#missing = { kinds: new Uint8Array(start), values: new Float64Array(start), texts: [] };
  }

  column(name: string): Column {
    return this.#columns.get(name) ?? this.#missing;
  }

  notesOf(row: number): Said {
    return this.#said.get(row) ?? nothingSaid;
  }

  /** Rows about which somebody said something. */
  get said(): Iterable<number> {
    return this.#said.keys();
  }

  id(row: number): string {
    return this.text('id', row);
  }

  pipeline(row: number): string {
    return this.text('pipeline', row);
  }

  /** Of a column of texts; empty where there is none. */
  text(name: string, row: number): string {
    const { kinds, values, texts } = this.column(name);
    return kinds[row] === cellKinds.isText ? texts[values[row]!]! : '';
  }

  /** Puts in what a shard says; the shard's intervals come the same way. */
  add(place: number, shard: RunsShard): void {
    const start = this.#starts[place]!;
    for (const [name, column] of Object.entries(shard.columns)) {
      if (!this.fields.has(name)) continue;
      const into = this.#growing(name);
      eachValue(column, (i, value) => {
        const row = start + i;
        if (typeof value === 'number') {
          into.kinds[row] = cellKinds.isNumber;
          into.values[row] = value;
        } else if (typeof value === 'string') {
          into.kinds[row] = cellKinds.isText;
          into.values[row] = placeOf(into, value);
        } else {
          const { isNull, isTrue, isFalse } = cellKinds;
          into.kinds[row] = value === null ? isNull : value ? isTrue : isFalse;
        }
      });
    }
    for (const [i, tags] of Object.entries(shard.tags)) {
      for (const tag of tags) this.tags.add(tag);
      this.#say(start + Number(i), { tags });
    }
    for (const [i, notes] of Object.entries(shard.notes)) {
      this.hasNotes = true;
      this.#say(start + Number(i), { notes });
    }
  }

  /** From now on the rows of a shard count as read. */
  show(place: number): void {
    this.#read[place] = true;
  }

  /** Rows that were read, the newest first. */
  rows(): Int32Array<ArrayBuffer> {
    const rows = new Int32Array(this.rowsRead);
    let count = 0;
    this.manifest.shards.forEach((shard, i) => {
      if (!this.#read[i]) return;
      for (let row = 0; row < shard.rows; row++) rows[count++] = this.#starts[i]! + row;
    });
    return rows;
  }

  get rowsRead(): number {
    return this.manifest.shards.reduce((sum, { rows }, i) => sum + (this.#read[i] ? rows : 0), 0);
  }

  #say(row: number, said: Partial<Said>): void {
    this.#said.set(row, { ...this.notesOf(row), ...said });
  }

  #growing(name: string): Growing {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const made: Growing = {
      kinds: new Uint8Array(this.count),
      values: new Float64Array(this.count),
      texts: [],
      places: new Map(),
    };
    this.#columns.set(name, made);
    return made;
  }
}

function placeOf({ texts, places }: Growing, text: string): number {
  const known = places.get(text);
  if (known !== undefined) return known;
  places.set(text, texts.length);
  texts.push(text);
  return texts.length - 1;
}
