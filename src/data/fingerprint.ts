import type { Digest, Json } from '../base/index.ts';
import { digestOfJson } from '../base/index.ts';
import type { DataColumn, DataFile } from './dataset.ts';

export interface FingerprintParts {
  readonly files: readonly Pick<DataFile, 'path' | 'digest'>[];
  readonly columns: readonly Pick<DataColumn, 'name' | 'type'>[];
  readonly rows: number;
}

/**
 * The identity of a dataset: the digest of a canonical JSON of
 * - `version`: of this list; another list of fields is another fingerprint;
 * - `files`: the digests of the files' bytes, in the order of their relative paths (UTF-16 code units), because the
 *   files' bytes are the rows, and the order of the files is the order of the rows. A path counts by that order
 *   only: the same bytes in a renamed folder are the same dataset. A digest that appears twice counts twice;
 * - `columns`: names and types in order, because the same bytes read under other types are other values;
 * - `rows`: their number, because a reader that finds more or fewer rows in the same bytes reads something else.
 *
 * What does not count: time stamps, sizes and permissions of files, the order in which a folder lists them, the split,
 * and the contract's rules beyond the types (they judge the rows, they do not change them).
 */
export function datasetFingerprint(parts: FingerprintParts): Digest {
  const files = [...parts.files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const identity: Json = {
    version: 1,
    files: files.map((file) => file.digest),
    columns: parts.columns.map((column) => ({ name: column.name, type: column.type })),
    rows: parts.rows,
  };
  return digestOfJson(identity);
}
