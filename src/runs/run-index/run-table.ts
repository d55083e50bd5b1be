import type { RunNotes } from '../notes.ts';
import type { Column } from './columns.ts';

/** What questions are asked of: the index of a repository, or the table that a page of its site has read. */
export interface RunTable {
  /** Number of rows. */
  readonly count: number;
  /** The names of the fields that any run has, with the number of runs that have them. */
  readonly fields: ReadonlyMap<string, number>;
  /** All missing for a field that no run has. */
  column(name: string): Column;
  notesOf(row: number): RunNotes;
}
