import type { NamedFile } from '../csv-file.ts';
import { literalPath, quoteText } from '../quote.ts';

/** The column of a numbered scan with the number of the row over all files. */
export const positionColumn = '@position';

/** The file (its index) and the row in it, from 1, of rows that are numbered over all files from 0. */
export function places(
  files: readonly { readonly rows: number }[],
  positions: readonly number[],
): { readonly file: number; readonly row: number }[] {
  const starts: number[] = [];
  let sum = 0;
  for (const file of files) {
    starts.push(sum);
    sum += file.rows;
  }
  return positions.map((position) => {
    let low = 0;
    let high = files.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (starts[middle]! <= position) low = middle;
      else high = middle - 1;
    }
    return { file: low, row: position - starts[low]! + 1 };
  });
}

/** DuckDB takes paths for patterns: what would be one is put into brackets, which stand for themselves. */
export function pathList(files: readonly NamedFile[]): string {
  return `[${files.map((file) => quoteText(literalPath(file.path))).join(', ')}]`;
}

/** What another file's columns lack or add, for people; `undefined` when they are the same, in whatever order. */
export function differenceOfColumns(first: readonly string[], other: readonly string[]): string | undefined {
  const missing = first.filter((name) => !other.includes(name));
  const added = other.filter((name) => !first.includes(name));
  const parts = [
    ...(missing.length > 0 ? [`without ${missing.map((name) => `"${name}"`).join(', ')}`] : []),
    ...(added.length > 0 ? [`with ${added.map((name) => `"${name}"`).join(', ')}`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}
