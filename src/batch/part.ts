/** Rows that are scored and written together: the unit that an interruption does not lose. */
export interface Part {
  readonly index: number;
  /** Positions over all files. */
  readonly from: number;
  readonly to: number;
}

/** The parts of an input depend on nothing but its rows: an interrupted job has the same ones when it goes on. */
export function partsOf(rows: number, partRows: number): readonly Part[] {
  return Array.from({ length: Math.max(1, Math.ceil(rows / partRows)) }, (_, index) => ({
    index,
    from: index * partRows,
    to: Math.min((index + 1) * partRows, rows),
  }));
}
