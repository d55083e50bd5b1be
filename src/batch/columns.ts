import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { RuledColumn } from '../contract/index.ts';
import type { ModelColumn, Servable } from '../servable/index.ts';
import { labelValues } from '../servable/index.ts';
import type { RowSource } from '../sql/index.ts';
import { quoteName, quoteText } from '../sql/index.ts';
import type { BatchJob, KeptColumns } from './batch-job.ts';
import { columnMissing, columnTaken, columnUnknown, keyUnknown } from './failures.ts';

/** How a column that the model reads comes out of the SQL engine. */
export type FeatureColumn =
  | { readonly kind: 'number'; readonly name: string; readonly sql: string }
  /** A text of a few: 0 for missing, else its place in `texts`, counted from 1. */
  | {
      readonly kind: 'category';
      readonly name: string;
      readonly sql: string;
      readonly texts: readonly string[];
    }
  | { readonly kind: 'text'; readonly name: string; readonly sql: string };

/** A column of the output. */
export interface OutputColumn {
  readonly name: string;
  /** Over the columns of the input, or over `answers`. */
  readonly sql: string;
}

/** Categories that a byte can count, besides missing. */
const mostCategories = 255;

/** What the model reads, over the names of the rules. Every column has to be there. */
export function featureColumns(
  columns: readonly ModelColumn[],
  rules: readonly RuledColumn[],
  source: RowSource,
): Result<readonly FeatureColumn[], readonly Failure[]> {
  const ruled = new Map(rules.map((column) => [column.contract.name, column]));
  const names = source.columns.map((column) => column.name);
  const missing = columns.filter(({ name }) => !ruled.has(name));
  if (missing.length > 0) return failed(missing.map(({ name }) => columnMissing(name, names)));
  return success(columns.map(({ name, kind }) => feature(name, kind, ruled.get(name)!)));
}

function feature(name: string, kind: ModelColumn['kind'], { contract, value }: RuledColumn): FeatureColumn {
  if (kind === 'number')
    return { kind, name, sql: `coalesce(${asNumber(contract.type, value)}, 'NaN'::DOUBLE)` };
  const texts = contract.type === 'string' ? contract.enum?.map(String) : undefined;
  if (texts === undefined || texts.length > mostCategories)
    return { kind, name, sql: `coalesce(${value}::VARCHAR, '')` };
  const list = texts.map(quoteText).join(', ');
  return { kind: 'category', name, texts, sql: `coalesce(list_position([${list}], ${value}), 0)::UTINYINT` };
}

/** As tables of training rows have them: booleans 0 and 1, times in milliseconds since 1970. */
function asNumber(type: RuledColumn['contract']['type'], value: string): string {
  switch (type) {
    case 'date':
    case 'timestamp':
      return `(epoch_us(${value}) / 1000.0::DOUBLE)`;
    case 'boolean':
      return `${value}::INTEGER::DOUBLE`;
    default:
      return `TRY_CAST(${value} AS DOUBLE)`;
  }
}

export interface OutputColumns {
  /** Of the input, as they go into the output. */
  readonly kept: readonly OutputColumn[];
  /** Over the table of answers: `chosen`, and `a0`, `a1`, ... */
  readonly answers: readonly OutputColumn[];
}

/** The columns of the output. CSV keeps what was written; Parquet gets what the contract says that it means. */
export function outputColumns(
  { columns, outputFormat, prefix }: Pick<BatchJob, 'columns' | 'outputFormat' | 'prefix'>,
  { servable, source, typed }: { servable: Servable; source: RowSource; typed: ReadonlyMap<string, string> },
): Result<OutputColumns, readonly Failure[]> {
  const names = keptNames(columns, servable, source);
  if (!names.ok) return names;
  const asWritten = source.format === 'parquet' || outputFormat === 'csv';
  const kept = names.value.map((name) => ({
    name,
    sql: (asWritten ? undefined : typed.get(name)) ?? quoteName(name),
  }));
  const answers = answerColumns(servable, prefix);
  const taken = answers.filter(({ name }) =>
    names.value.some((other) => other.toLowerCase() === name.toLowerCase()),
  );
  return taken.length === 0 ? success({ kept, answers }) : failed(taken.map(({ name }) => columnTaken(name)));
}

function keptNames(
  columns: KeptColumns,
  { manifest }: Servable,
  source: RowSource,
): Result<readonly string[], readonly Failure[]> {
  const names = source.columns.map((column) => column.name);
  if (columns === 'none') return success([]);
  if (columns === 'all') return success(names);
  if (columns === 'key') {
    const key = manifest.columns.filter(({ primaryKey, name }) => primaryKey && names.includes(name));
    return key.length === 0 ? failed([keyUnknown()]) : success(key.map(({ name }) => name));
  }
  const unknown = columns.filter((name) => !names.includes(name));
  return unknown.length === 0
    ? success([...new Set(columns)])
    : failed(unknown.map((name) => columnUnknown(name, names)));
}

function answerColumns({ info }: Servable, prefix: string): readonly OutputColumn[] {
  if (info.task === 'regression') return [{ name: `${prefix}value`, sql: 'a0' }];
  const labels = labelValues(info.classes);
  const list = labels.map((label) => (typeof label === 'number' ? `${label}::BIGINT` : quoteText(label)));
  return [
    { name: `${prefix}label`, sql: `list_extract([${list.join(', ')}], chosen + 1)` },
    ...info.classes.map((name, i) => ({ name: `${prefix}probability_${name}`, sql: `a${i}` })),
  ];
}
