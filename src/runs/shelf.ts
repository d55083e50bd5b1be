import type { Result } from '../base/index.ts';
import type { SeenFile } from '../git/index.ts';
import type { RunsFailure } from './failures.ts';

/** Where records stand, as files that are written once. */
export interface Shelf {
  readonly place: RunsPlace;
  /** Paths of the files in a folder and below, sorted. */
  list(folder: string): Promise<Result<readonly ShelfFile[], RunsFailure>>;
  read(files: readonly ShelfFile[]): Promise<Result<readonly Uint8Array[], RunsFailure>>;
  /** A file of a snapshot, by what the snapshot said of it. */
  file(path: string, version: string): ShelfFile;
  /** All that stands there at this moment, whatever is written meanwhile. */
  snapshot(): Promise<Result<Snapshot, RunsFailure>>;
  /** Shows the contents of files one at a time; the bytes are the visitor's only during the call. */
  readEach(
    files: readonly ShelfFile[],
    limitBytes: number,
    visit: (file: ShelfFile, seen: SeenFile) => void,
  ): Promise<Result<void, RunsFailure>>;
  write(path: string, text: string, note: WriteNote): Promise<Result<WrittenRun, RunsFailure>>;
}

export interface ShelfFile {
  readonly path: string;
  /** What the shelf needs to read it. */
  readonly key: string;
}

export interface Snapshot {
  /** Another one as soon as anything on the shelf is another. */
  readonly id: string;
  list(): Promise<Result<readonly SnapshotFile[], RunsFailure>>;
}

export interface SnapshotFile extends ShelfFile {
  /** Another one when the contents are. */
  readonly version: string;
}

export interface WriteNote {
  readonly message: string;
  readonly time: Date;
}

/** Where records are kept, for people: `git show trainyard/runs:<path>`, or a folder. */
export type RunsPlace =
  | { readonly kind: 'branch'; readonly branch: string }
  | { readonly kind: 'folder'; readonly folder: string };

/** Where one record was written. */
export type WrittenRun =
  | { readonly kind: 'branch'; readonly branch: string; readonly path: string; readonly commit: string }
  | { readonly kind: 'folder'; readonly path: string };
