import type { DataColumn } from './dataset.ts';

/** How a column of a source becomes a typed one. */
export interface TypedColumn extends DataColumn {
  readonly personal: boolean;
  /** SQL over the columns of the source; NULL where the value is missing or cannot be read as the type. */
  readonly value: string;
  /** SQL that is true where a value is there and is not of the type; absent when that cannot be. */
  readonly unreadable?: string;
}
