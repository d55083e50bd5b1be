import type { ColumnContract } from '../../contract/index.ts';
import { readLexical } from '../../contract/index.ts';
import { csvLine, withoutFormula } from '../../runs/index.ts';
import type { RowAnswer } from '../../servable/index.ts';
import type { AnsweredBatch, BatchRow, TriedBatch, TriedRow } from '../format/index.ts';
import type { CsvTable } from './read-csv.ts';
import { readCsv } from './read-csv.ts';

type Cell = string | number | boolean;

export interface CsvWork {
  readonly columns: readonly ColumnContract[];
  answer(rows: readonly unknown[]): Promise<readonly TriedRow[]>;
  /** Called between pieces of the rows; `false` ends the work. */
  goOn(done: number, total: number): Promise<boolean>;
}

/** Rows that are answered before somebody may say something. */
const piece = 250;
/** What a page draws of them. */
const most = { rows: 200, columns: 40, refused: 50, characters: 200, names: 30 } as const;

/** Asks about every row of a text, piece by piece; the answers stand beside its cells. */
export async function answerCsv(text: string, { columns, answer, goOn }: CsvWork): Promise<TriedBatch> {
  const table = readCsv(text);
  if ('problem' in table) return { is: 'refused', ...table };
  const { header, rows } = table;
  const contracts = new Map(columns.map((column) => [column.name, column]));
  if (!header.some((name) => contracts.has(name))) {
    const names = columns.map(({ name }) => name);
    return { is: 'refused', problem: `The first line has to name columns of the model: ${listed(names)}.` };
  }
  const done: BatchRow[] = [];
  let answered: readonly string[] = [];
  for (let start = 0; start < rows.length; start += piece) {
    if (!(await goOn(start, rows.length))) return { is: 'stopped', done: start, total: rows.length };
    const some = rows.slice(start, start + piece);
    const tried = await answer(some.map(({ cells }) => rowOf(header, cells, contracts)));
    if (answered.length === 0) answered = answeredBy(tried);
    some.forEach((row, i) => {
      done.push(rowDone(row, header.length, tried[i]!));
    });
  }
  const refused = done.filter(({ problems }) => problems.length > 0);
  return {
    is: 'answered',
    count: done.length - refused.length,
    refused: refused.length,
    firstRefused: refused.slice(0, most.refused).map(({ line, problems }) => ({ line, problems })),
    ignored: header.filter((name) => !contracts.has(name)),
    shown: shownOf(header, answered, done),
    csv: new Blob(csvOf(header, answered, done), { type: 'text/csv;charset=utf-8' }),
  };
}

function rowDone({ line, cells }: CsvTable['rows'][number], width: number, tried: TriedRow): BatchRow {
  if (cells.length !== width) {
    const expected = `${width} cells as the header has, and not ${cells.length}`;
    return { line, cells, problems: [{ rule: 'columns', expected }] };
  }
  return 'problems' in tried
    ? { line, cells, problems: tried.problems }
    : { line, cells, answer: cellsOf(tried.answer), problems: [] };
}

/** An empty cell is a missing value. What is no value of its type goes on as text: the check says what was expected. */
function rowOf(
  header: readonly string[],
  cells: readonly string[],
  contracts: ReadonlyMap<string, ColumnContract>,
): Readonly<Record<string, Cell>> {
  return Object.fromEntries(
    header.flatMap((name, i) => {
      const column = contracts.get(name);
      const text = cells[i] ?? '';
      if (column === undefined || text === '') return [];
      const value = readLexical(column.type, column.type === 'string' ? text : text.trim());
      return [[name, value ?? text] as const];
    }),
  );
}

function answeredBy(tried: readonly TriedRow[]): readonly string[] {
  const first = tried.find((one) => 'answer' in one);
  if (first === undefined || !('answer' in first)) return [];
  return 'value' in first.answer
    ? ['value']
    : ['label', ...Object.keys(first.answer.probabilities).map((name) => `probability ${name}`)];
}

function cellsOf(answer: RowAnswer): readonly (string | number)[] {
  return 'value' in answer ? [answer.value] : [answer.label, ...Object.values(answer.probabilities)];
}

function shownOf(
  header: readonly string[],
  answered: readonly string[],
  rows: readonly BatchRow[],
): AnsweredBatch['shown'] {
  const cut = (cells: readonly string[]): readonly string[] =>
    cells.slice(0, most.columns).map((cell) => clipped(cell));
  return {
    header: cut(header),
    answered: cut(answered),
    rows: rows.slice(0, most.rows).map(({ cells, answer, ...row }) => ({
      ...row,
      cells: cut(cells),
      ...(answer === undefined ? {} : { answer: answer.slice(0, most.columns) }),
    })),
    columnsLeft: Math.max(0, header.length - most.columns) + Math.max(0, answered.length - most.columns),
  };
}

function listed(names: readonly string[]): string {
  const shown = names
    .slice(0, most.names)
    .map((name) => clipped(name))
    .join(', ');
  return names.length > most.names ? `${shown} and ${names.length - most.names} more` : shown;
}

function clipped(text: string): string {
  return text.length > most.characters ? `${text.slice(0, most.characters)}…` : text;
}

function csvOf(header: readonly string[], answered: readonly string[], rows: readonly BatchRow[]): string[] {
  const line = (cells: readonly (string | number | undefined)[]): string =>
    csvLine(cells.map((cell) => withoutFormula(cell)));
  const lines = rows.map(({ cells, answer, problems }) =>
    line([
      ...header.map((_, i) => cells[i] ?? ''),
      ...answered.map((_, i) => answer?.[i]),
      problems.map(({ column, expected }) => `${column ?? 'row'}: ${expected}`).join('; ') || undefined,
    ]),
  );
  return [line([...header, ...answered, 'problems']), ...lines];
}
