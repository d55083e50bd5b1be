/** A cell of the table; row 0 is the head. */
export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

export interface GridSize {
  /** With the head. */
  readonly rows: number;
  readonly columns: number;
  /** Rows that are seen at once. */
  readonly page: number;
}

/** Where a key leads; `undefined` for keys that lead nowhere. */
export function placeAfter(
  key: { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean },
  { row, column }: CellPlace,
  { rows, columns, page }: GridSize,
): CellPlace | undefined {
  const wide = key.ctrlKey || key.metaKey;
  const at = (to: number, beside: number): CellPlace => ({
    row: Math.max(0, Math.min(rows - 1, to)),
    column: Math.max(0, Math.min(columns - 1, beside)),
  });
  switch (key.key) {
    case 'ArrowDown':
      return at(wide ? rows - 1 : row + 1, column);
    case 'ArrowUp':
      return at(wide ? 0 : row - 1, column);
    case 'ArrowLeft':
      return at(row, wide ? 0 : column - 1);
    case 'ArrowRight':
      return at(row, wide ? columns - 1 : column + 1);
    case 'Home':
      return wide ? at(0, 0) : at(row, 0);
    case 'End':
      return wide ? at(rows - 1, columns - 1) : at(row, columns - 1);
    case 'PageDown':
      return at(row + page, column);
    case 'PageUp':
      return at(row - page, column);
    default:
      return undefined;
  }
}
