import type { Column, Table } from '../sql/index.ts';

/** A column that the model reads. */
export interface ModelColumn {
  readonly name: string;
  readonly kind: 'number' | 'text';
}

/**
 * Rows on their way into a model: values row by row, `columns` of them a row, in the order of `modelColumns`. A missing
 * number is NaN and a missing text is empty; booleans are 0 and 1, dates and times milliseconds since 1970 in UTC.
 */
export interface RowBlock {
  readonly rows: number;
  readonly cells: readonly (number | string)[];
}

/** Some blocks, one after the other, as the columns that a predictor takes. */
export function tableOfBlocks(blocks: readonly RowBlock[], columns: readonly ModelColumn[]): Table {
  let rows = 0;
  for (const block of blocks) rows += block.rows;
  const width = columns.length;
  const table = new Map<string, Column>();
  for (let c = 0; c < width; c++) {
    const { name, kind } = columns[c]!;
    let at = 0;
    if (kind === 'number') {
      const values = new Float64Array(rows);
      for (const { cells } of blocks)
        for (let i = c; i < cells.length; i += width) values[at++] = cells[i] as number;
      table.set(name, { kind, values });
    } else {
      const values = new Array<string>(rows);
      for (const { cells } of blocks)
        for (let i = c; i < cells.length; i += width) values[at++] = cells[i] as string;
      table.set(name, { kind, values });
    }
  }
  return { rows, columns: table };
}
