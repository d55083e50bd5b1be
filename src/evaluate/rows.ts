import type { Failure, Result } from '../base/index.ts';
import type { Prediction } from '../onnx/index.ts';
import type { Column, Table } from '../sql/index.ts';

/** Runs one model on raw rows. */
export type Predict = (table: Table) => Promise<Result<Prediction, Failure>>;

/** Some rows of a column, by their indices; an index may come more than once. */
export function columnRows(column: Column, rows: Int32Array): Column {
  return column.kind === 'number'
    ? { kind: 'number', values: Float64Array.from(rows, (row) => column.values[row]!) }
    : { kind: 'text', values: Array.from(rows, (row) => column.values[row]!) };
}

export function tableRows(table: Table, rows: Int32Array): Table {
  return {
    rows: rows.length,
    columns: new Map([...table.columns].map(([name, column]) => [name, columnRows(column, rows)])),
  };
}
