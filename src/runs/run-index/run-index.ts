import type { RunNotes } from '../notes.ts';
import { foldNotes, noNotes } from '../notes.ts';
import type { RunId } from '../record.ts';
import { recordPath } from '../run-id.ts';
import type { Column } from './columns.ts';
import { dense, isTrue, valueAt } from './columns.ts';
import type { IndexFile } from './index-file.ts';
import type { IndexRest } from './refresh.ts';
import type { RunTable } from './run-table.ts';

/**
 * The fields of all readable records, column by column. Rows are sorted by the ids of the runs, so by time, the oldest
 * first. Names of fields: skim-record.ts.
 */
export class RunIndex implements RunTable {
  /** Number of rows. */
  readonly count: number;
  /** Names of the fields that any record has, with the number of records that have them. */
  readonly fields: ReadonlyMap<string, number>;
  readonly #file: IndexFile;
  readonly #columns = new Map<string, Column>();
  #versions: readonly string[] | undefined;
  #rest: IndexRest | undefined;
  #notes: ReadonlyMap<RunId, RunNotes> | undefined;

  constructor(file: IndexFile) {
    this.#file = file;
    this.count = file.rows;
    this.fields = file.columns;
  }

  /** All missing for a field that no record has. */
  column(name: string): Column {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const sparse = this.#file.column(name);
    const column =
      sparse === undefined
        ? { kinds: new Uint8Array(this.count), values: new Float64Array(this.count), texts: [] }
        : dense(sparse, this.count);
    this.#columns.set(name, column);
    return column;
  }

  id(row: number): RunId {
    return valueAt(this.column('id'), row) as RunId;
  }

  pipeline(row: number): string {
    return valueAt(this.column('pipeline'), row) as string;
  }

  isArchived(row: number): boolean {
    return this.column('archived').kinds[row] === isTrue;
  }

  path(row: number): string {
    const path = recordPath(this.pipeline(row), this.id(row));
    return this.isArchived(row) ? `archive/${path}` : path;
  }

  /** Which bytes stand at the path of a row: another text as soon as they are others. */
  version(row: number): string {
    this.#versions ??= this.#file.versions();
    return this.#versions[row]!;
  }

  notes(run: RunId): RunNotes {
    this.#notes ??= this.#foldAll();
    return this.#notes.get(run) ?? noNotes;
  }

  notesOf(row: number): RunNotes {
    return this.notes(this.id(row));
  }

  /** Names of the files of `tag` entries that set a tag of a run and were not taken back. */
  filesOfTag(run: RunId, tag: string): readonly string[] {
    const entries = this.rest.notes.filter(({ entry }) => entry.run === run);
    const removed = new Set(entries.flatMap(({ entry }) => entry.removes ?? []));
    return entries
      .filter(({ name, entry }) => entry.kind === 'tag' && entry.text === tag && !removed.has(name))
      .map(({ name }) => name);
  }

  /** Notes, and files that cannot be read as records. */
  get rest(): IndexRest {
    this.#rest ??= this.#file.rest() as IndexRest;
    return this.#rest;
  }

  #foldAll(): ReadonlyMap<RunId, RunNotes> {
    const ofRun = grouped(this.rest.notes);
    return new Map([...ofRun].map(([run, entries]) => [run, foldNotes(entries)]));
  }
}

function grouped(notes: IndexRest['notes']): Map<RunId, IndexRest['notes'][number][]> {
  const groups = new Map<RunId, IndexRest['notes'][number][]>();
  for (const note of notes) {
    const group = groups.get(note.entry.run);
    if (group === undefined) groups.set(note.entry.run, [note]);
    else group.push(note);
  }
  return groups;
}
