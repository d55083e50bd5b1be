import type { LabelLine } from '../line.ts';
import type { Cells } from './cells.ts';
import { choiceCells } from './cells.ts';
import type { FieldType } from './columns.ts';
import type { ColumnGroup } from './encode-column.ts';
import { typedCells } from './typed-cells.ts';

/** Labels of a classification whose classes are not all integers are text. */
export function labelColumns(lines: readonly LabelLine[]): readonly ColumnGroup[] {
  const numbers = (of: (line: LabelLine) => number): Cells => ({
    kind: 'numbers',
    values: Float64Array.from(lines, of),
  });
  const texts = (of: (line: LabelLine) => string | undefined): Cells =>
    choiceCells(lines.length, (i) => of(lines[i]!));
  const label = labelType(lines);
  const column = (name: string, type: FieldType, cells: Cells): ColumnGroup => ({
    leaf: { path: [name], type, ...effortOf(name) },
    cells: typedCells(type, cells),
    levels: new Uint8Array(lines.length),
  });
  return [
    column(
      'time',
      'timestamp',
      numbers(({ time }) => Date.parse(time)),
    ),
    column(
      'request',
      'string',
      texts(({ request }) => request),
    ),
    column(
      'row',
      'integer',
      numbers(({ row }) => row),
    ),
    column(
      'model',
      'string',
      texts(({ model }) => model),
    ),
    column(
      'label',
      label,
      label === 'string'
        ? texts(({ label: text }) => String(text))
        : numbers(({ label: value }) => value as number),
    ),
    column(
      'known',
      'timestamp',
      texts(({ known }) => known),
    ),
  ];
}

function effortOf(name: string): Partial<ColumnGroup['leaf']> {
  if (name === 'time') return { isPlain: true, hasBounds: true };
  return name === 'request' ? { isPlain: true } : {};
}

function labelType(lines: readonly LabelLine[]): FieldType {
  if (lines.some(({ label }) => typeof label === 'string')) return 'string';
  return lines.every(({ label }) => Number.isSafeInteger(label)) ? 'integer' : 'number';
}
