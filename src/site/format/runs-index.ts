import type { JsonScalar } from '../../base/index.ts';
import type { RunId, RunNote } from '../../runs/index.ts';

/** `runs/index.json`: where the rows of the table of runs are. Written last, so that what it names is there. */
export interface RunsManifest {
  readonly version: 1;
  /** Runs that are not archived. */
  readonly runs: number;
  /** The newest runs first: the first shard is small, so that there are rows to see before the others are read. */
  readonly shards: readonly ShardPlace[];
  /** Runs that were archived, in shards of their own: they are in no table unless somebody asks for them. */
  readonly archived: readonly ShardPlace[];
  /** Every column that any run of `shards` has a value in, the usual ones first. */
  readonly columns: readonly RunsColumn[];
}

/** Shards of runs that stand next to each other in time. */
export interface ShardPlace {
  /** A `RunsShard`: every column but the intervals. Its name has the digest of its bytes, so it never changes. */
  readonly file: string;
  /** A `RunsShard` of the same rows with `low.` and `high.` columns; absent where there are none. */
  readonly intervals?: string;
  readonly rows: number;
  /** Ids of the first row and the last. */
  readonly newest: RunId;
  readonly oldest: RunId;
}

export interface RunsColumn {
  /**
   * As `trainyard runs list --where` knows it: `id`, `pipeline`, `started` (milliseconds since 1970), `seconds`, `status`,
   * `verdict`, `trigger`, `actor`, `commit`, `branch`, `dirty`, `model`, `metric` (the one to look at first),
   * `params.trees`, `matrix.estimator`, `metrics.roc_auc`, `low.roc_auc`, `high.roc_auc`, `data.patients`.
   */
  readonly name: string;
  /** Of all shards together: in one of them a column of scalars may be one of numbers. */
  readonly kind: RunsColumnKind;
  /** In which file of a shard it is. */
  readonly part: 'main' | 'intervals';
  /** Runs that have a value. */
  readonly runs: number;
  /** Different values. */
  readonly distinct: number;
  /** More than one value, or only some runs of a pipeline have one: a parameter in which runs differ. */
  readonly differs: boolean;
  /** For numbers, least and greatest. */
  readonly range?: readonly [number, number];
  /** Where there are at most 60 different values: all of them with the runs that have each, the most frequent first. */
  readonly values?: readonly (readonly [value: JsonScalar, runs: number])[];
}

export type RunsColumnKind = 'number' | 'scalar';

/** `runs/shard-<digest>.json`: some runs, the newest first, column by column. */
export interface RunsShard {
  readonly version: 1;
  readonly rows: number;
  readonly columns: Readonly<Record<string, ShardColumn>>;
  /** Tags by row, where there are any. */
  readonly tags: Readonly<Record<number, readonly string[]>>;
  /** Notes by row, where there are any; from old to new. */
  readonly notes: Readonly<Record<number, readonly RunNote[]>>;
}

/**
 * The values of a column, in the order of the rows. With `at` only of the rows that have one: `at[i]` is the row of
 * `values[i]` or of `places[i]`. Without it `null` and -1 say that a run has no such value. Values of scalars stand once.
 */
export type ShardColumn =
  | { readonly kind: 'number'; readonly values: readonly (number | null)[]; readonly at?: readonly number[] }
  | {
      readonly kind: 'scalar';
      readonly values: readonly JsonScalar[];
      readonly places: readonly number[];
      readonly at?: readonly number[];
    };

export const runsManifestFile = 'runs/index.json';

/** Where the record of a run is, byte by byte as it is in Git; the same for archived runs. */
export function recordFile(pipeline: string, id: RunId): string {
  return `runs/${pipeline}/${id.slice(0, 4)}/${id.slice(4, 6)}/${id.slice(6, 8)}/${id}.json`;
}

/**
 * Calls with each value that a column of a shard has, row by row; rows that have none are left out. For `kind: 'number'`
 * every value is a number; a column of scalars may have numbers, texts, booleans and `null`.
 */
export function eachValue(column: ShardColumn, visit: (row: number, value: JsonScalar) => void): void {
  const { at } = column;
  if (column.kind === 'number') {
    for (let i = 0; i < column.values.length; i++) {
      const value = column.values[i]!;
      if (value !== null) visit(at === undefined ? i : at[i]!, value);
    }
    return;
  }
  for (let i = 0; i < column.places.length; i++) {
    const place = column.places[i]!;
    if (place >= 0) visit(at === undefined ? i : at[i]!, column.values[place]!);
  }
}

/** The value of one row. */
export function shardValue(column: ShardColumn | undefined, row: number): JsonScalar | undefined {
  if (column === undefined) return undefined;
  const i = column.at === undefined ? row : indexIn(column.at, row);
  if (i < 0) return undefined;
  if (column.kind === 'number') return column.values[i] ?? undefined;
  const place = column.places[i] ?? -1;
  return place < 0 ? undefined : column.values[place]!;
}

/** In ascending numbers; -1 when it is not there. */
function indexIn(sorted: readonly number[], wanted: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const value = sorted[middle]!;
    if (value === wanted) return middle;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** The shards, of those of a manifest, that a run could be in, by its time; archived ones last. */
export function shardsOf(manifest: RunsManifest, id: RunId): readonly ShardPlace[] {
  return [...manifest.shards, ...manifest.archived].filter(
    ({ newest, oldest }) => id >= oldest && id <= newest,
  );
}
