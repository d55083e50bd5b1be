import type { Failure, Place } from '../../base/index.ts';

export type AdditionFailure = Failure<
  | 'data-addition-refused'
  | 'data-addition-conflict'
  | 'data-addition-verdict'
  | 'data-addition-unreadable'
  | 'data-addition-empty'
  | 'data-addition-large'
  | 'data-addition-place'
>;

/** Failures that are shown of rows; how many there are more is said with the last one. */
export const mostShownRows = 20;

/** Says nothing of the value: it may be personal, and it is written by a stranger. */
export function rowRefused(row: string, column: string | undefined, expected: string): AdditionFailure {
  const where = column === undefined ? '' : `${JSON.stringify(column.slice(0, 100))}: `;
  return {
    code: 'data-addition-refused',
    kind: 'verdict',
    message: `${row} breaks the contract: ${where}expected ${expected}`,
    remedy: 'Nothing was written. Mend the row and send all of them again: those that are there are skipped',
  };
}

export function rowInConflict(row: string, columns: readonly string[], place?: Place): AdditionFailure {
  const which = columns.length > 5 ? `${columns.slice(0, 5).join(', ')}, ...` : columns.join(', ');
  return {
    code: 'data-addition-conflict',
    kind: 'verdict',
    message: `${row} has the key of ${place === undefined ? 'another one that was sent' : 'a row that is there'}, with other values in ${which}`,
    remedy:
      'Nothing was written. A row that is there is changed by a commit that somebody reviews; a new one needs a key of its own',
    ...(place === undefined ? {} : { place }),
  };
}

/** The rows are well each for itself, and the dataset with them is not. */
export function verdictBroken(
  dataset: string,
  rule: string,
  expected: string,
  place?: Place,
): AdditionFailure {
  return {
    code: 'data-addition-verdict',
    kind: 'verdict',
    message: `With the new rows the dataset ${dataset} would break its contract: ${rule}: expected ${expected}`,
    remedy:
      'Nothing was written. Look with `trainyard validate` whether it is kept now, and at what was sent',
    ...(place === undefined ? {} : { place }),
  };
}

export function unreadable(shown: string, why: string, cause?: unknown): AdditionFailure {
  return {
    code: 'data-addition-unreadable',
    kind: 'input',
    message: `${shown} cannot be read: ${why}`,
    remedy: 'Send CSV with a header and the delimiter of the dataset, one JSON object a line, or Parquet',
    ...(cause === undefined ? {} : { cause }),
  };
}

export function noRowsAtAll(shown: string): AdditionFailure {
  return {
    code: 'data-addition-empty',
    kind: 'input',
    message: `${shown} holds no row`,
    remedy: 'Send at least one row, or no data at all',
  };
}

export function fileTooLarge(path: string, bytes: number, most: number): AdditionFailure {
  const megabytes = (count: number): string => `${Math.ceil(count / 2 ** 20)} MiB`;
  return {
    code: 'data-addition-large',
    kind: 'input',
    message: `${path} would be ${megabytes(bytes)} large, and files of at most ${megabytes(most)} take new rows`,
    remedy:
      'Let the path of the dataset be a glob (`data/*.csv`): then new rows stand in a file of their own',
  };
}

export function noPlace(pattern: string, why: string): AdditionFailure {
  return {
    code: 'data-addition-place',
    kind: 'input',
    message: `New rows have no place in ${pattern}: ${why}`,
    remedy: 'Let the dataset name one CSV file of the repository, or a glob with a star in its last part',
  };
}
