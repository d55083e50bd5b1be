import type {
  DuckDBDateValue,
  DuckDBMaterializedResult,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  DuckDBValue,
} from '@duckdb/node-api';
import type { Column, Table } from './table.ts';

/** Ids of DuckDB's types, as its C API numbers them; written here so that nothing native loads for a constant. */
const typeIds = {
  boolean: 1,
  date: 13,
  time: 14,
  timestamp: 12,
  timestampSeconds: 20,
  timestampMilliseconds: 21,
  timestampNanoseconds: 22,
  timestampWithZone: 31,
  decimal: 19,
} as const;

/** TINYINT to DOUBLE, HUGEINT, UHUGEINT: values that come as numbers or BigInts. */
const numericIds: ReadonlySet<number> = new Set([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 32]);

/** The same value for JavaScript: numbers for every number, ISO-like text for temporal types, plain lists and objects. */
export function plainValue(value: DuckDBValue): unknown {
  if (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    typeof value === 'number'
  ) {
    return value;
  }
  if (typeof value === 'bigint') return exactNumber(value);
  if (typeof value !== 'object') return String(value);
  if ('items' in value && Array.isArray(value.items)) return value.items.map((item) => plainValue(item));
  if ('scale' in value && 'toDouble' in value) return value.toDouble();
  if ('entries' in value && !Array.isArray(value.entries) && typeof value.entries === 'object') {
    const members = Object.entries(value.entries as Record<string, DuckDBValue>);
    return Object.fromEntries(members.map(([name, member]) => [name, plainValue(member)]));
  }
  return value.toString();
}

function exactNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw new RangeError(
      `${value} is beyond 2^53 and cannot be a number: cast it to VARCHAR or DOUBLE in the query`,
    );
  }
  return number;
}

/** The whole result as columns in memory. */
export async function tableOf(result: DuckDBMaterializedResult): Promise<Table> {
  const names = result.columnNames();
  const columns = new Map<string, Column>();
  const fills = names.map((name, i) => {
    if (columns.has(name)) throw new TypeError(`two columns of the result are named ${name}`);
    const toNumber = numberReader(result.columnTypeId(i));
    if (toNumber === undefined) {
      const values = new Array<string | null>(result.rowCount);
      columns.set(name, { kind: 'text', values });
      return (row: number, value: DuckDBValue): void => {
        values[row] = value === null ? null : typeof value === 'string' ? value : String(value);
      };
    }
    const values = new Float64Array(result.rowCount);
    columns.set(name, { kind: 'number', values });
    return (row: number, value: DuckDBValue): void => {
      values[row] = value === null ? Number.NaN : toNumber(value);
    };
  });
  let start = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    for (const [i, fill] of fills.entries()) {
      const vector = chunk.getColumnVector(i);
      for (let row = 0; row < chunk.rowCount; row++) fill(start + row, vector.getItem(row));
    }
    start += chunk.rowCount;
  }
  return { rows: result.rowCount, columns };
}

/** How values of a type become numbers, or `undefined` for types that stay text. */
function numberReader(typeId: number): ((value: DuckDBValue) => number) | undefined {
  if (numericIds.has(typeId)) return (value) => Number(value);
  switch (typeId) {
    case typeIds.boolean:
      return (value) => (value === true ? 1 : 0);
    case typeIds.decimal:
      return (value) => (value as { toDouble(): number }).toDouble();
    case typeIds.date:
      return (value) => (value as DuckDBDateValue).days * 86_400_000;
    case typeIds.time:
      return (value) => Number((value as DuckDBTimeValue).micros) / 1000;
    case typeIds.timestamp:
    case typeIds.timestampWithZone:
      return (value) => Number((value as DuckDBTimestampValue).micros) / 1000;
    case typeIds.timestampSeconds:
      return (value) => Number((value as DuckDBTimestampSecondsValue).seconds) * 1000;
    case typeIds.timestampMilliseconds:
      return (value) => Number((value as { millis: bigint }).millis);
    case typeIds.timestampNanoseconds:
      return (value) => Number((value as DuckDBTimestampNanosecondsValue).nanos) / 1e6;
    default:
      return undefined;
  }
}
