import type { Failure } from '../base/index.ts';
import { nearest } from '../base/index.ts';
import type { RowPlace } from '../sql/index.ts';
import type { StratumFacts } from './dataset.ts';

export type DataFailureCode =
  | 'data-path-outside'
  | 'data-no-files'
  | 'data-format'
  | 'data-file-changed'
  | 'data-column-absent'
  | 'data-column-type'
  | 'data-column-unknown'
  | 'data-key-unset'
  | 'data-key-type'
  | 'data-key-missing'
  | 'data-row-unreadable'
  | 'data-no-rows'
  | 'data-side-empty'
  | 'data-stratum-empty'
  | 'data-strata-too-many'
  | 'data-strata-personal';

export type DataFailure = Failure<DataFailureCode>;

export function pathOutside(path: string, why: string): DataFailure {
  return {
    code: 'data-path-outside',
    kind: 'input',
    message: `${path} cannot be read: ${why}`,
    remedy: 'Keep data below the root of the repository, or link to a place below it.',
    place: { file: path },
  };
}

export function noFiles(pattern: string, existing: string | undefined): DataFailure {
  return {
    code: 'data-no-files',
    kind: 'input',
    message: `no file matches ${pattern}`,
    remedy: existing === undefined ? 'Check the path.' : `Did you mean ${existing}?`,
  };
}

export function formatMismatch(path: string, format: string, why: string): DataFailure {
  return {
    code: 'data-format',
    kind: 'input',
    message: `${path} cannot be read as ${format}: ${why}`,
    remedy: 'Give the dataset files of one format: UTF-8 CSV that is not compressed, or Parquet.',
    place: { file: path },
  };
}

export function fileChanged(path: string): DataFailure {
  return {
    code: 'data-file-changed',
    kind: 'world',
    message: 'the file was changed while it was read',
    remedy: 'Run again when nothing writes to the file.',
    place: { file: path },
  };
}

export function columnAbsent(file: string, name: string, columns: readonly string[]): DataFailure {
  const meant = nearest(name, columns);
  return {
    code: 'data-column-absent',
    kind: 'input',
    message: `the contract lists column "${name}", which the file does not have`,
    remedy: `${meant === undefined ? '' : `Is it "${meant}"? `}Add the column to the file, or take it out of the contract.`,
    place: { file },
  };
}

export function columnTypeUnsupported(file: string, name: string, type: string): DataFailure {
  return {
    code: 'data-column-type',
    kind: 'input',
    message: `column "${name}" is of type ${type}, which has no meaning here`,
    remedy: 'Write numbers, text, booleans, dates or timestamps, or list the columns to read in a contract.',
    place: { file },
  };
}

export function columnUnknown(role: string, name: string, columns: readonly string[]): DataFailure {
  const meant = nearest(name, columns);
  return {
    code: 'data-column-unknown',
    kind: 'input',
    message: `${role} names column "${name}", which the dataset does not have`,
    remedy: meant === undefined ? `Name one of: ${columns.join(', ')}.` : `Did you mean "${meant}"?`,
  };
}

export function keyUnset(dataset: string): DataFailure {
  return {
    code: 'data-key-unset',
    kind: 'input',
    message: `dataset "${dataset}" has held-out rows, but no key to choose them by`,
    remedy: 'Name the columns that identify a row in `key:`, or mark them as primaryKey in the contract.',
  };
}

export function keyTypeInexact(name: string): DataFailure {
  return {
    code: 'data-key-type',
    kind: 'input',
    message: `key column "${name}" has numbers with fractions, which have no exact spelling`,
    remedy: 'Use a key of text or whole numbers; a contract can declare the column as string or integer.',
  };
}

export function keyMissing(place: RowPlace, key: readonly string[], more: number): DataFailure {
  return {
    code: 'data-key-missing',
    kind: 'input',
    message: `${rowName(place)} has no value in its key (${key.join(', ')})${others(more)}`,
    remedy: 'Give every row a key, or remove the row: a row without one would change sides.',
    place: placeOf(place),
  };
}

export interface UnreadableValue {
  readonly place: RowPlace;
  readonly column: string;
  readonly type: string;
  /** Absent for personal data. */
  readonly value?: string;
  /** Unreadable rows that are not shown; said with the last one that is. */
  readonly more: number;
}

export function rowUnreadable({ place, column, type, value, more }: UnreadableValue): DataFailure {
  const shown = value === undefined ? 'the value' : JSON.stringify(value);
  const where = place.line === undefined ? ` of row ${place.row}` : '';
  return {
    code: 'data-row-unreadable',
    kind: 'input',
    message: `${shown} in column "${column}"${where} cannot be read as ${type}${others(more)}`,
    remedy: 'Run `trainyard validate` to see all rows that break the contract.',
    place: placeOf(place),
  };
}

export function noRows(dataset: string): DataFailure {
  return {
    code: 'data-no-rows',
    kind: 'input',
    message: `dataset "${dataset}" has no rows`,
    remedy: 'Check the path of the dataset: its files have columns, but nothing in them.',
  };
}

export function sideEmpty(side: 'train' | 'held-out', test: number, rows: number): DataFailure {
  const name = side === 'train' ? 'training' : 'held-out';
  return {
    code: 'data-side-empty',
    kind: 'input',
    message: `none of the ${rows} rows is a ${name} row at \`test: ${test}\``,
    remedy: 'Add rows, or change `test` or `salt` of the split.',
  };
}

export function stratumEmpty(column: string, stratum: StratumFacts): DataFailure {
  const side = stratum.train === 0 ? 'training' : 'held-out';
  const rows = stratum.train + stratum.heldOut;
  return {
    code: 'data-stratum-empty',
    kind: 'input',
    message: `${column} = ${JSON.stringify(stratum.value)} has no ${side} row (it has ${rows} in all)`,
    remedy: 'Add rows of this value, or change `test` or `salt` of the split.',
  };
}

export function strataTooMany(column: string, most: number): DataFailure {
  return {
    code: 'data-strata-too-many',
    kind: 'input',
    message: `column "${column}" has more than ${most} values, too many to stratify by`,
    remedy: 'Stratify by a column of few values, such as the class.',
  };
}

export function strataPersonal(column: string): DataFailure {
  return {
    code: 'data-strata-personal',
    kind: 'input',
    message: `column "${column}" is personal data, and the values of a stratum go into the record`,
    remedy: 'Stratify by a column that is not personal data.',
  };
}

function placeOf(place: RowPlace): { file: string; line?: number } {
  return { file: place.file, ...(place.line === undefined ? {} : { line: place.line }) };
}

/** Rows of Parquet have no line; their number says which one is meant. */
function rowName(place: RowPlace): string {
  return place.line === undefined ? `row ${place.row}` : 'the row';
}

function others(more: number): string {
  return more === 0 ? '' : ` (and ${more} more rows have such values)`;
}
