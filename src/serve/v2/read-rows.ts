import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';
import type { Datatype } from './datatypes.ts';
import type { InferenceRequest, RequestInput } from './parse-request.ts';
import type { InputColumn, InputPort, ProtocolPorts } from './ports.ts';
import { refused } from './refusal.ts';
import type { TensorValues } from './tensor-values.ts';
import { valuesOfBytes, valuesOfJson } from './tensor-values.ts';

type Cell = number | string | boolean | null;

/** As the simple way has them. */
export type Rows = readonly Readonly<Record<string, Cell>>[];

/** One column of the rows to be: every `stride`-th value from `offset` on. */
interface ColumnSource {
  readonly name: string;
  readonly values: TensorValues;
  readonly offset: number;
  readonly stride: number;
  readonly toCell: (value: Cell) => Cell;
}

export interface ReadRowsOptions {
  readonly maxRows: number;
  /** What follows the JSON in the body. */
  readonly binary: Buffer;
}

/**
 * The rows that the tensors of a request hold, as the simple way has them: a member a column, in the types of the
 * contract, so that they mean the same and are checked by the same rules. Inputs that are not given are missing values.
 */
export function readRows(
  { inputs }: InferenceRequest,
  ports: ProtocolPorts,
  { maxRows, binary }: ReadRowsOptions,
): Result<Rows, ServeFailure> {
  const sources: ColumnSource[] = [];
  const taken = new Set<string>();
  let rows: number | undefined;
  let at = 0;
  for (const input of inputs) {
    const port = ports.inputs.get(input.name);
    if (port === undefined) return refused(`The model has no input ${input.name}`);
    const size = sizeOf(input, port);
    if (!size.ok) return size;
    const { rows: inputRows, columns } = size.value;
    if (rows !== undefined && rows !== inputRows) {
      return refused(`input ${input.name} has ${inputRows} rows, the inputs before it ${rows}`);
    }
    rows = inputRows;
    // Before anything is made of what the shape claims.
    if (rows > maxRows) return tooManyRows(rows, maxRows);
    let values: Result<TensorValues, ServeFailure>;
    if (input.bytes === undefined) values = valuesOfJson(input, rows * columns);
    else {
      if (at + input.bytes > binary.length) {
        return refused(
          `input ${input.name}: its binary data breaks off, ${binary.length - at} bytes are there`,
        );
      }
      values = valuesOfBytes(input, binary.subarray(at, at + input.bytes), rows * columns);
      at += input.bytes;
    }
    if (!values.ok) return values;
    for (const [offset, column] of port.columns.entries()) {
      const { name } = column;
      if (taken.has(name)) return refused(`Column ${name} is given twice`);
      taken.add(name);
      const toCell = cellOf(column, input.datatype);
      sources.push({ name, values: values.value, offset, stride: columns, toCell });
    }
  }
  if (at !== binary.length) return refused(`${binary.length - at} bytes of binary data belong to no input`);
  return success(rowsOf(sources, rows ?? 0));
}

function tooManyRows(rows: number, most: number): Result<never, ServeFailure> {
  return failed(
    serveFailure('serve-rows-too-many', `The request has ${rows} rows, and at most ${most} are taken`),
  );
}

function sizeOf(
  { name, shape }: RequestInput,
  { columns, isMatrix }: InputPort,
): Result<{ readonly rows: number; readonly columns: number }, ServeFailure> {
  const [rows, width = 1] = shape as readonly [number, number?];
  if (width === columns.length) return success({ rows, columns: width });
  const expected = isMatrix ? `[-1, ${columns.length}]` : '[-1, 1] or [-1]';
  return refused(`input ${name}: expected a shape of ${expected}, not [${shape.join(', ')}]`);
}

function rowsOf(sources: readonly ColumnSource[], count: number): Rows {
  const rows = new Array<Record<string, Cell>>(count);
  const first: Record<string, Cell> = {};
  for (const { name, values, offset, toCell } of sources) {
    if (count > 0) first[name] = toCell(values[offset]!);
  }
  if (count > 0) rows[0] = first;
  // A copy has its members at once, in one shape: faster than growing them one by one.
  for (let row = 1; row < count; row++) rows[row] = { ...first };
  for (const { name, values, offset, stride, toCell } of sources) {
    for (let row = 1, at = offset + stride; row < count; row++, at += stride) {
      rows[row]![name] = toCell(values[at]!);
    }
  }
  return rows;
}

/** How a value of a tensor is written in a row: as the contract has it, where that is the same value. */
function cellOf({ type, isText }: InputColumn, datatype: Datatype): (value: Cell) => Cell {
  if (datatype === 'BYTES') {
    if (!isText) return same;
    if (type === 'integer' || type === 'number') return numberOfText;
    return type === 'boolean' ? booleanOfText : same;
  }
  if (datatype === 'BOOL') return same;
  if (type === 'boolean') return booleanOfNumber;
  return type === 'date' || type === 'timestamp' ? timeOfNumber(type) : number;
}

const same = (value: Cell): Cell => value;

const number = (value: Cell): Cell => (Number.isNaN(value) ? null : value);

const numberOfText = (value: Cell): Cell => {
  if (value === '') return null;
  return typeof value === 'string' && /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(value)
    ? Number(value)
    : value;
};

const booleanOfText = (value: Cell): Cell => {
  if (value === '') return null;
  return value === 'true' ? true : value === 'false' ? false : value;
};

const booleanOfNumber = (value: Cell): Cell => (value === 1 ? true : value === 0 ? false : number(value));

/** The model reads times as milliseconds since 1970 in UTC, with microseconds as their fraction. */
function timeOfNumber(type: 'date' | 'timestamp'): (value: Cell) => Cell {
  const day = 86_400_000;
  return (value) => {
    if (typeof value !== 'number' || Number.isNaN(value)) return number(value);
    const whole = Math.floor(value);
    const microseconds = Math.round(value * 1000);
    // Before 1684 and after 2255 a double does not tell one microsecond from the next.
    const isExact = whole === value || (Number.isSafeInteger(microseconds) && microseconds / 1000 === value);
    if (!isExact || Math.abs(value) > 8.64e15) return value;
    const text = new Date(whole).toISOString();
    if (type === 'date') return value % day === 0 ? text.slice(0, 10) : value;
    const rest = microseconds - whole * 1000;
    return rest === 0 ? text : `${text.slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
  };
}
