import { csvLine, fieldValue, withoutFormula } from '@format';
import type { TableColumn } from './columns.ts';
import type { RunsTable } from './runs-table.ts';

/**
 * Rows and columns as they are shown, with exact values, and the ends of a metric's interval beside it. No text in it is
 * a formula for a spreadsheet.
 */
export function rowsCsv(table: RunsTable, rows: Iterable<number>, columns: readonly TableColumn[]): string {
  const fields = ['id', 'pipeline', ...columns.map(({ field }) => field).filter((it) => it !== 'pipeline')];
  const all = fields.flatMap((field) => {
    if (!field.startsWith('metrics.')) return [field];
    const name = field.slice('metrics.'.length);
    return [field, ...[`low.${name}`, `high.${name}`].filter((end) => table.fields.has(end))];
  });
  const lines = [csvLine(all.map(withoutFormula))];
  for (const row of rows) {
    const cells = all.map((field) => {
      const value = fieldValue(table, row, field);
      if (field === 'started' && typeof value === 'number' && Math.abs(value) <= 8.64e15) {
        return new Date(value).toISOString();
      }
      return withoutFormula(value);
    });
    lines.push(csvLine(cells));
  }
  return lines.join('');
}
