import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { SeenFile } from '../../git/index.ts';
import type { RunsFailure } from '../failures.ts';
import type { NoteEntry } from '../notes.ts';
import { decodeNote, noteOfPath } from '../notes.ts';
import type { RunId } from '../record.ts';
import { recordPath, runOfPath } from '../run-id.ts';
import type { Shelf, SnapshotFile } from '../shelf.ts';
import type { SparseColumn } from './columns.ts';
import { ColumnBuilders } from './columns.ts';
import type { IndexContent, IndexFile } from './index-file.ts';
import type { Skimmed } from './skim-record.ts';
import { skimRecord } from './skim-record.ts';

/** What the index knows beside the fields of records. */
export interface IndexRest {
  readonly notes: readonly IndexedNote[];
  readonly damaged: readonly DamagedFile[];
}

export interface IndexedNote {
  readonly path: string;
  /** Of the file, without its ending. */
  readonly name: string;
  readonly version: string;
  readonly entry: NoteEntry;
}

export interface DamagedFile {
  readonly path: string;
  readonly version: string;
  readonly because: string;
  /** Set for a record that is well, and of another version of the format: that version, as JSON. */
  readonly format?: string;
}

/** No record of a real pipeline is so large; it would be a way to make everybody's questions slow. */
export const largestRecord: number = 8 * 1024 * 1024;

/**
 * The content of an index of a snapshot: rows of the old one whose files are still there, and those of the files that it
 * does not know, which are read. Whether the branch grew, was pruned, or was rewritten makes no difference.
 */
export async function refreshed(options: {
  readonly shelf: Shelf;
  readonly place: string;
  readonly snapshot: string;
  readonly files: readonly SnapshotFile[];
  readonly old: IndexFile | undefined;
}): Promise<Result<IndexContent, RunsFailure>> {
  const { shelf, old } = options;
  const wanted = new Map(options.files.filter(({ path }) => isOurs(path)).map((file) => [file.path, file]));
  const kept = old === undefined ? nothingKept : keptOf(old, wanted);
  const unknown = [...wanted.values()].filter(({ path }) => !kept.paths.has(path));
  const fresh = await readFresh(shelf, unknown);
  if (!fresh.ok) return failed(fresh.failure);
  const rows = [...kept.rows, ...fresh.value.rows].sort(byRun);
  return success({
    place: options.place,
    snapshot: options.snapshot,
    rows: rows.length,
    columns: mergedColumns(rows, old, fresh.value.columns),
    versions: rows.map(({ version }) => version),
    rest: {
      notes: [...kept.notes, ...fresh.value.notes],
      damaged: [...kept.damaged, ...fresh.value.damaged].sort((a, b) => (a.path < b.path ? -1 : 1)),
    } satisfies IndexRest,
  });
}

/** A row of the new index, and where its fields are: in a row of the old index, or among what was read now. */
interface Row {
  readonly id: RunId;
  readonly pipeline: string;
  readonly archived: boolean;
  readonly version: string;
  readonly source: 'old' | 'fresh';
  readonly at: number;
}

function isOurs(path: string): boolean {
  return recordOfPath(path) !== undefined || noteOfPath(path) !== undefined;
}

/** The run that the path of a record names, also of an archived one. */
function recordOfPath(
  path: string,
): { readonly pipeline: string; readonly id: RunId; readonly archived: boolean } | undefined {
  const archived = path.startsWith('archive/');
  const run = runOfPath(archived ? path.slice('archive/'.length) : path);
  return run === undefined ? undefined : { ...run, archived };
}

interface Kept extends IndexRest {
  readonly rows: readonly Row[];
  readonly paths: ReadonlySet<string>;
}

const nothingKept: Kept = { rows: [], paths: new Set(), notes: [], damaged: [] };

function keptOf(old: IndexFile, wanted: ReadonlyMap<string, SnapshotFile>): Kept {
  const paths = new Set<string>();
  const isKept = (path: string, version: string): boolean => {
    if (wanted.get(path)?.version !== version) return false;
    paths.add(path);
    return true;
  };
  const ids = old.column('id');
  const pipelines = old.column('pipeline');
  const archivedRows = new Set(old.column('archived')?.rows);
  const versions = old.versions();
  const rows: Row[] = [];
  for (let row = 0; row < old.rows; row++) {
    const id = ids!.texts[ids!.values[row]!]!;
    const pipeline = pipelines!.texts[pipelines!.values[row]!]!;
    const archived = archivedRows.has(row);
    const path = `${archived ? 'archive/' : ''}${recordPath(pipeline, id)}`;
    const version = versions[row]!;
    if (isKept(path, version)) rows.push({ id, pipeline, archived, version, source: 'old', at: row });
  }
  const { notes, damaged } = old.rest() as IndexRest;
  return {
    rows,
    paths,
    notes: notes.filter(({ path, version }) => isKept(path, version)),
    damaged: damaged.filter(({ path, version }) => isKept(path, version)),
  };
}

interface Fresh extends IndexRest {
  readonly rows: readonly Row[];
  readonly columns: ReadonlyMap<string, SparseColumn>;
}

async function readFresh(shelf: Shelf, files: readonly SnapshotFile[]): Promise<Result<Fresh, RunsFailure>> {
  const rows: Row[] = [];
  const notes: IndexedNote[] = [];
  const damaged: DamagedFile[] = [];
  const columns = new ColumnBuilders();
  const versionOf = new Map(files.map(({ path, version }) => [path, version]));
  const read = await shelf.readEach(files, largestRecord, ({ path }, seen) => {
    const version = versionOf.get(path)!;
    const note = noteOfPath(path);
    if (seen.kind !== 'read') damaged.push({ path, version, because: whyUnread(seen) });
    else if (note !== undefined) {
      const entry = decodeNote(seen.bytes, note.run);
      if (typeof entry === 'string') damaged.push({ path, version, because: entry });
      else notes.push({ path, name: note.name, version, entry });
    } else {
      const run = recordOfPath(path)!;
      const skimmed = skimRecord(seen.bytes, run);
      if (skimmed.kind === 'run') {
        columns.add(rows.length, skimmed.cells);
        rows.push({ ...run, version, source: 'fresh', at: rows.length });
      } else damaged.push({ path, version, ...damageOf(skimmed) });
    }
  });
  return read.ok ? success({ rows, columns: columns.finish(), notes, damaged }) : read;
}

function damageOf(skimmed: Exclude<Skimmed, { kind: 'run' }>): Pick<DamagedFile, 'because' | 'format'> {
  return skimmed.kind === 'damaged'
    ? { because: skimmed.because }
    : { because: 'it is of another version', format: skimmed.version };
}

function whyUnread(seen: Exclude<SeenFile, { kind: 'read' }>): string {
  return seen.kind === 'missing'
    ? 'its bytes are not in this clone'
    : `it is larger than ${largestRecord / 1024 / 1024} MB`;
}

function byRun(a: Row, b: Row): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  if (a.pipeline !== b.pipeline) return a.pipeline < b.pipeline ? -1 : 1;
  return Number(a.archived) - Number(b.archived);
}

function mergedColumns(
  rows: readonly Row[],
  old: IndexFile | undefined,
  fresh: ReadonlyMap<string, SparseColumn>,
): ReadonlyMap<string, SparseColumn> {
  const columns = new ColumnBuilders();
  const own = new Set(['id', 'pipeline', 'archived']);
  const oldRows = newRows(rows, 'old', old?.rows ?? 0);
  for (const name of old?.columns.keys() ?? []) {
    if (!own.has(name)) columns.builder(name).addFrom(old!.column(name)!, oldRows);
  }
  const freshRows = newRows(rows, 'fresh', rows.length);
  for (const [name, column] of fresh) columns.builder(name).addFrom(column, freshRows);
  for (const [row, { id, pipeline, archived }] of rows.entries()) {
    columns.builder('id').add(row, id);
    columns.builder('pipeline').add(row, pipeline);
    if (archived) columns.builder('archived').add(row, true);
  }
  return columns.finish();
}

/** By the place in a source the new row; -1 for what is not kept. */
function newRows(rows: readonly Row[], source: Row['source'], count: number): Int32Array {
  const places = new Int32Array(count).fill(-1);
  for (const [row, it] of rows.entries()) if (it.source === source) places[it.at] = row;
  return places;
}
