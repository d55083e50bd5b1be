import type { Failure } from '../base/index.ts';

export type DataFailureCode = 'data-path-outside' | 'data-no-files';

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

export function noFiles(pattern: string, nearest: string | undefined): DataFailure {
  return {
    code: 'data-no-files',
    kind: 'input',
    message: `no file matches ${pattern}`,
    remedy: nearest === undefined ? 'Check the path of the dataset.' : `Did you mean ${nearest}?`,
  };
}
