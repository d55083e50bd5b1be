import type { Failure, Place } from '../base/index.ts';

export type SqlFailureCode =
  | 'sql-file-unreadable'
  | 'sql-files-none'
  | 'sql-lfs-pointer'
  | 'sql-delimiter-invalid'
  | 'sql-csv-empty'
  | 'sql-csv-header-name'
  | 'sql-csv-ragged'
  | 'sql-csv-quote'
  | 'sql-csv-quote-open'
  | 'sql-csv-newline'
  | 'sql-csv-nul'
  | 'sql-csv-encoding'
  | 'sql-csv-row-too-long'
  | 'sql-columns-duplicate'
  | 'sql-columns-reserved'
  | 'sql-columns-differ'
  | 'sql-parquet-unreadable'
  | 'sql-readers-disagree'
  | 'sql-engine';

export type SqlFailure = Failure<SqlFailureCode>;

interface Words {
  readonly message: string;
  readonly remedy: string;
}

/** What is wrong with the bytes of a CSV file; the place is where. */
export type CsvFault =
  | { readonly kind: 'ragged'; readonly expected: number; readonly found: number }
  | { readonly kind: 'quote'; readonly where: 'inside' | 'after' }
  | { readonly kind: 'quote-open' }
  | { readonly kind: 'newline'; readonly found: 'lf' | 'cr' | 'crlf' }
  | { readonly kind: 'nul' }
  | { readonly kind: 'encoding'; readonly utf16: boolean }
  | { readonly kind: 'row-too-long'; readonly limit: number };

export function csvFault(fault: CsvFault, place: Place): SqlFailure {
  return { code: `sql-csv-${fault.kind}`, kind: 'input', place, ...wordsOf(fault) };
}

function wordsOf(fault: CsvFault): Words {
  switch (fault.kind) {
    case 'ragged':
      return {
        message: `the row has ${count(fault.found, 'field')}, the header has ${fault.expected}`,
        remedy: 'Quote fields that contain the delimiter, and give every row as many fields as the header.',
      };
    case 'quote':
      return fault.where === 'inside'
        ? {
            message: 'a quote stands inside a field that does not start with one',
            remedy: 'Quote the whole field and double the quote: 5" becomes "5""".',
          }
        : {
            message: 'a quoted field goes on after its closing quote',
            remedy: 'Double every quote inside a quoted field: "a ""b"" c".',
          };
    case 'quote-open':
      return {
        message: 'a quote opens here and is never closed',
        remedy: 'Close the quoted field, or double the quote when it is part of the text.',
      };
    case 'newline':
      return {
        message:
          fault.found === 'cr'
            ? 'a carriage return stands alone, outside of quotes'
            : `the line ends with ${fault.found.toUpperCase()}, the lines before it do not`,
        remedy: 'Use one kind of line end, LF or CRLF, in the whole file.',
      };
    case 'nul':
      return {
        message: 'the file contains a NUL byte',
        remedy: 'Export the file again as UTF-8 text; NUL bytes come from UTF-16 or from damaged files.',
      };
    case 'encoding':
      return {
        message: fault.utf16 ? 'the file is UTF-16, not UTF-8' : 'the line is not UTF-8',
        remedy: 'Save the file as UTF-8.',
      };
    case 'row-too-long':
      return {
        message: `the row is longer than ${fault.limit} bytes`,
        remedy: 'Look for a quote that is not closed; keep large texts out of the table.',
      };
  }
}

export function csvEmpty(file: string): SqlFailure {
  return {
    code: 'sql-csv-empty',
    kind: 'input',
    message: 'the file is empty: not even a header',
    remedy: 'Give the file a first line with the names of the columns.',
    place: { file },
  };
}

export function headerNameMissing(file: string, position: number): SqlFailure {
  return {
    code: 'sql-csv-header-name',
    kind: 'input',
    message: `column ${position} has no name in the header`,
    remedy: 'Name every column in the first line of the file.',
    place: { file, line: 1 },
  };
}

export function columnsDuplicate(file: string, first: string, second: string): SqlFailure {
  return {
    code: 'sql-columns-duplicate',
    kind: 'input',
    message:
      first === second
        ? `two columns are named "${first}"`
        : `"${first}" and "${second}" differ only in case, which SQL does not tell apart`,
    remedy: 'Rename one of the columns.',
    place: { file },
  };
}

export function columnReserved(file: string, name: string): SqlFailure {
  return {
    code: 'sql-columns-reserved',
    kind: 'input',
    message: `a column is named "${name}", a name that Trainyard uses itself`,
    remedy: 'Rename the column.',
    place: { file },
  };
}

export function columnsDiffer(file: string, first: string, what: string): SqlFailure {
  return {
    code: 'sql-columns-differ',
    kind: 'input',
    message: `the columns are not those of ${first}: ${what}`,
    remedy: 'Give all files of a dataset the same columns; their order is free.',
    place: { file },
  };
}

export function delimiterInvalid(delimiter: string): SqlFailure {
  return {
    code: 'sql-delimiter-invalid',
    kind: 'input',
    message: `${JSON.stringify(delimiter)} cannot be a delimiter`,
    remedy: 'Use one ASCII character that is no quote, letter, digit, or line end: "," ";" "|" or a tab.',
  };
}

export function filesNone(): SqlFailure {
  return {
    code: 'sql-files-none',
    kind: 'input',
    message: 'the dataset has no files',
    remedy: 'Check the path of the dataset.',
  };
}

export function lfsPointer(file: string): SqlFailure {
  return {
    code: 'sql-lfs-pointer',
    kind: 'input',
    message: 'the file is a pointer of Git LFS: its rows have not been fetched',
    remedy:
      'Run `git lfs pull`; in a workflow of GitHub say `with: { lfs: true }`, of the caller or of `actions/checkout`.',
    place: { file },
  };
}

export function fileUnreadable(file: string, cause: unknown): SqlFailure {
  return {
    code: 'sql-file-unreadable',
    kind: 'world',
    message: `the file cannot be read: ${reasonOf(cause)}`,
    remedy: 'Check that the file exists and may be read.',
    place: { file },
    cause,
  };
}

export function parquetUnreadable(file: string, cause: unknown): SqlFailure {
  return {
    code: 'sql-parquet-unreadable',
    kind: 'input',
    message: `the file is not readable Parquet: ${reasonOf(cause)}`,
    remedy: 'Write the file again; a cut-off download or an interrupted writer leaves such files.',
    place: { file },
    cause,
  };
}

export function readersDisagree(counted: number, engine: number): SqlFailure {
  return {
    code: 'sql-readers-disagree',
    kind: 'world',
    message: `the files have ${count(counted, 'row')}, the SQL engine read ${engine}`,
    remedy: 'Run again; when no file was changed in the meantime, report it as a bug.',
  };
}

export function engineFailed(doing: string, cause: unknown): SqlFailure {
  return {
    code: 'sql-engine',
    kind: 'world',
    message: `${doing}: ${reasonOf(cause)}`,
    remedy: 'Give the step more memory or disk when one of them ran out; otherwise report it as a bug.',
    cause,
  };
}

function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.split('\n')[0] ?? text;
}

function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}
