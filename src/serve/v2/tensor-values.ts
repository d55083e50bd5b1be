import { isUtf8 } from 'node:buffer';
import type { Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { ServeFailure } from '../failures.ts';
import type { Datatype } from './datatypes.ts';
import { numberKinds } from './datatypes.ts';
import type { RequestInput } from './parse-request.ts';
import { deepest, tooDeep } from './parse-request.ts';
import { refused } from './refusal.ts';

/** The elements of a tensor, row by row: numbers, texts, or booleans; a missing one is null, a missing number also NaN. */
export type TensorValues = ArrayLike<number | string | boolean | null>;

/** The elements of a tensor that came as JSON, nested or flat. `count` is what its shape asks for. */
export function valuesOfJson(
  { name, datatype, data, shape }: RequestInput,
  count: number,
): Result<TensorValues, ServeFailure> {
  if (!Array.isArray(data)) return refused(`input ${name}: expected an array as data`);
  const isFlat = !data.some(Array.isArray);
  if (!isFlat && !isNestedAs(data, shape)) {
    return refused(`input ${name}: its data is not nested as its shape [${shape.join(', ')}] says`);
  }
  const values = isFlat ? data : flatten(data, count);
  if (values === undefined) return tooDeep();
  if (values.length !== count) {
    const many = values.length > count ? `more than ${count}` : String(values.length);
    return refused(`input ${name}: shape [${shape.join(', ')}] asks for ${count} values, data has ${many}`);
  }
  const wrong = firstWrong(values, datatype);
  if (wrong === undefined) return success(values as (number | string | boolean | null)[]);
  return refused(`input ${name}, value ${wrong.index}: expected ${wrong.expected}`);
}

/** Data in two levels must have rows as long as the shape says; other nesting only has to have as many values. */
function isNestedAs(data: readonly unknown[], shape: readonly number[]): boolean {
  if (shape.length !== 2 || data.length !== shape[0]) return true;
  return data.every((row) => !Array.isArray(row) || row.some(Array.isArray) || row.length === shape[1]);
}

/** At most one value more than `count`: enough to see that there are too many. `undefined`: nested too deep. */
function flatten(data: readonly unknown[], count: number): unknown[] | undefined {
  const values: unknown[] = [];
  const visit = (items: readonly unknown[], depth: number): boolean => {
    for (const item of items) {
      if (values.length > count) return true;
      if (!Array.isArray(item)) values.push(item);
      else if (depth === deepest || !visit(item, depth + 1)) return false;
    }
    return true;
  };
  return visit(data, 1) ? values : undefined;
}

const isBoolean = (value: unknown): boolean => typeof value === 'boolean';

/** Half a surrogate pair cannot be written as UTF-8: a model would see another text than was sent. */
const isText = (value: unknown): boolean =>
  typeof value === 'string' && (value as string & { isWellFormed(): boolean }).isWellFormed();

function firstWrong(
  values: readonly unknown[],
  datatype: Datatype,
): { readonly index: number; readonly expected: string } | undefined {
  if (datatype === 'BOOL' || datatype === 'BYTES') {
    const isRight = datatype === 'BOOL' ? isBoolean : isText;
    const index = values.findIndex((value) => value !== null && !isRight(value));
    const expected = datatype === 'BOOL' ? 'true or false' : 'a text of whole Unicode characters';
    return index < 0 ? undefined : { index, expected };
  }
  const { range, integer } = numberKinds[datatype];
  const [least, most] = range;
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (value === null) continue;
    if (typeof value !== 'number') return { index, expected: integer ? 'an integer' : 'a number' };
    if (!(value >= least && value <= most) || (integer && !Number.isInteger(value))) {
      const article = integer ? 'an integer' : 'a number';
      return { index, expected: `${article} that ${datatype} holds, from ${least} to ${most}` };
    }
  }
  return undefined;
}

/** The elements of a tensor that came as binary data: little-endian, row by row, texts after their length. */
export function valuesOfBytes(
  { name, datatype }: Pick<RequestInput, 'name' | 'datatype'>,
  bytes: Buffer,
  count: number,
): Result<TensorValues, ServeFailure> {
  if (datatype === 'BYTES') return textsOfBytes(name, bytes, count);
  const size = datatype === 'BOOL' ? 1 : numberKinds[datatype].bytes;
  if (bytes.length !== count * size) {
    return refused(
      `input ${name}: ${count} values of ${datatype} are ${count * size} bytes, not ${bytes.length}`,
    );
  }
  // Copied: numbers must stand at multiples of their size.
  const { buffer } = Uint8Array.from(bytes);
  switch (datatype) {
    case 'BOOL': {
      const wrong = bytes.findIndex((byte) => byte > 1);
      if (wrong >= 0) return refused(`input ${name}, value ${wrong}: expected 0 or 1 as BOOL`);
      return success(Array.from(bytes, (byte) => byte === 1));
    }
    case 'INT8':
      return success(new Int8Array(buffer));
    case 'INT16':
      return success(new Int16Array(buffer));
    case 'INT32':
      return success(new Int32Array(buffer));
    case 'UINT8':
      return success(new Uint8Array(buffer));
    case 'UINT16':
      return success(new Uint16Array(buffer));
    case 'UINT32':
      return success(new Uint32Array(buffer));
    case 'FP32':
      return success(new Float32Array(buffer));
    case 'FP64':
      return success(new Float64Array(buffer));
    case 'INT64':
      return exactIntegers(name, new BigInt64Array(buffer));
    case 'UINT64':
      return exactIntegers(name, new BigUint64Array(buffer));
  }
}

const largest = BigInt(Number.MAX_SAFE_INTEGER);

function exactIntegers(name: string, values: ArrayLike<bigint>): Result<TensorValues, ServeFailure> {
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value > largest || value < -largest) {
      return refused(`input ${name}, value ${i}: expected an integer from ${-largest} to ${largest}`);
    }
    numbers[i] = Number(value);
  }
  return success(numbers);
}

function textsOfBytes(name: string, bytes: Buffer, count: number): Result<TensorValues, ServeFailure> {
  // Every text takes four bytes at least: what the shape claims is not believed before that.
  if (count * 4 > bytes.length) {
    return refused(
      `input ${name}: ${count} values of BYTES need ${count * 4} bytes at least, not ${bytes.length}`,
    );
  }
  const texts: string[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const start = at + 4;
    const length = start <= bytes.length ? bytes.readUInt32LE(at) : 0;
    at = start + length;
    if (start > bytes.length || at > bytes.length)
      return refused(`input ${name}, value ${i}: its bytes break off`);
    const text = bytes.subarray(start, at);
    if (!isUtf8(text)) return refused(`input ${name}, value ${i}: expected a text in UTF-8`);
    texts.push(text.toString('utf8'));
  }
  if (at !== bytes.length) return refused(`input ${name}: ${bytes.length - at} bytes are left over`);
  return success(texts);
}
