import type { Result } from '../base/index.ts';
import type { RunsFailure } from './failures.ts';

/** Where records stand, as files that are written once. */
export interface Shelf {
  readonly place: RunsPlace;
  /** Paths of the files in a folder and below, sorted. */
  list(folder: string): Promise<Result<readonly ShelfFile[], RunsFailure>>;
  read(files: readonly ShelfFile[]): Promise<Result<readonly Uint8Array[], RunsFailure>>;
  write(path: string, text: string, note: WriteNote): Promise<Result<WrittenRun, RunsFailure>>;
}

export interface ShelfFile {
  readonly path: string;
  /** What the shelf needs to read it. */
  readonly key: string;
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
