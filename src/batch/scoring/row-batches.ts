import type { RowChunk } from '../../sql/index.ts';
import type { FeatureColumn } from '../columns.ts';
import { batchRows } from './batch-size.ts';
import type { ColumnToScore } from './messages.ts';

/** Rows on their way to the model. */
export interface RowBatch {
  /** Where each row is in its part. */
  readonly positions: Int32Array;
  readonly rows: number;
  readonly columns: readonly ColumnToScore[];
}

/** Collects rows of chunks into batches. The memory of batches that were answered is used again. */
export interface RowBatches {
  /** Takes the rows of a chunk for which `keep` is true, and calls `full` for each batch that they fill. */
  add(chunk: RowChunk, first: number, keep: Uint8Array | undefined, full: Full): Promise<void>;
  /** The rows that are left. */
  flush(full: Full): Promise<void>;
  reuse(columns: readonly ColumnToScore[]): void;
}

type Full = (batch: RowBatch) => Promise<void>;

interface Filling {
  readonly positions: Int32Array;
  rows: number;
  readonly columns: (ColumnToScore & { readonly numbers: Map<string, number> | undefined })[];
}

export function rowBatches(features: readonly FeatureColumn[]): RowBatches {
  const free: (readonly ColumnToScore[])[] = [];
  let filling: Filling | undefined;

  const start = (): Filling => {
    const used = free.pop();
    const columns = features.map((feature, i) => startColumn(feature, used?.[i]));
    return { positions: new Int32Array(batchRows), rows: 0, columns };
  };

  const finish = async (full: Full): Promise<void> => {
    if (filling === undefined || filling.rows === 0) return;
    const { positions, rows, columns } = filling;
    filling = undefined;
    await full({ positions, rows, columns: columns.map(({ numbers: _, ...column }) => column) });
  };

  return {
    async add(chunk, first, keep, full): Promise<void> {
      const taken = keep === undefined ? undefined : places(keep, chunk.rows);
      const count = taken?.length ?? chunk.rows;
      const sources = features.map((feature, i) =>
        feature.kind === 'text' ? chunk.values(i) : chunk.numbers(i),
      );
      for (let at = 0; at < count; ) {
        filling ??= start();
        const size = Math.min(count - at, batchRows - filling.rows);
        for (let k = 0; k < size; k++)
          filling.positions[filling.rows + k] = first + (taken === undefined ? at + k : taken[at + k]!);
        for (const [i, column] of filling.columns.entries())
          fill(column, sources[i]!, { at, size, to: filling.rows, taken });
        filling.rows += size;
        at += size;
        if (filling.rows === batchRows) await finish(full);
      }
    },
    flush: finish,
    reuse: (columns) => void free.push(columns),
  };
}

function places(keep: Uint8Array, rows: number): Int32Array {
  const taken = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) if (keep[row] !== 0) taken[count++] = row;
  return taken.subarray(0, count);
}

function startColumn(feature: FeatureColumn, used: ColumnToScore | undefined): Filling['columns'][number] {
  const { name } = feature;
  if (feature.kind === 'number') {
    const values = used?.kind === 'number' ? used.values : new Float64Array(batchRows);
    return { kind: 'number', name, values, numbers: undefined };
  }
  const codes = used?.kind === 'text' ? used.codes : undefined;
  if (feature.kind === 'category') {
    const texts = ['', ...feature.texts];
    return { kind: 'text', name, codes: codes ?? new Uint8Array(batchRows), texts, numbers: undefined };
  }
  return { kind: 'text', name, codes: codes ?? new Uint32Array(batchRows), texts: [], numbers: new Map() };
}

interface Range {
  readonly at: number;
  readonly size: number;
  readonly to: number;
  readonly taken: Int32Array | undefined;
}

function fill(
  column: Filling['columns'][number],
  source: ArrayLike<number> | readonly unknown[],
  { at, size, to, taken }: Range,
): void {
  if (column.kind === 'text' && column.numbers !== undefined) {
    // Each text once a batch, and its number for each row: texts of tables repeat, and threads copy texts slowly.
    const { codes, numbers } = column;
    const texts = column.texts as string[];
    for (let k = 0; k < size; k++) {
      const text = String(source[taken === undefined ? at + k : taken[at + k]!]);
      let number = numbers.get(text);
      if (number === undefined) {
        number = texts.push(text) - 1;
        numbers.set(text, number);
      }
      codes[to + k] = number;
    }
    return;
  }
  const target = column.kind === 'number' ? column.values : column.codes;
  const values = source as Float64Array;
  if (taken === undefined) target.set(values.subarray(at, at + size), to);
  else for (let k = 0; k < size; k++) target[to + k] = values[taken[at + k]!]!;
}
