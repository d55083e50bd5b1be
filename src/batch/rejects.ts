import type { BrokenRule } from '../contract/index.ts';
import type { RowSource } from '../sql/index.ts';
import type { BrokenRuleCount, RejectRule } from './batch-job.ts';

/** A row that breaks the contract, or that the model cannot answer. */
export interface RejectedRow {
  /** Over all files, from 0. */
  readonly position: number;
  /** The rules by their index, with what is written there; `null` when it is missing or personal. */
  readonly problems: readonly { readonly rule: number; readonly value: string | null }[];
  /** Why the model has no answer. */
  readonly because?: string;
}

/** One line of the rejects file: one broken rule of one row. */
export interface RejectLine {
  /** The row over all files, from 1, headers not counted. */
  readonly row: number;
  readonly file: string;
  /** The row in its file, from 1. */
  readonly file_row: number;
  /** Where the row starts in its file, from 1; `null` for Parquet. */
  readonly line: number | null;
  readonly column: string | null;
  readonly rule: RejectRule;
  readonly expected: string;
  /** As written, cut at 200 characters; `null` when it is missing, and for columns of personal data. */
  readonly value: string | null;
}

/** In DuckDB's words. */
export const rejectColumns: Readonly<Record<keyof RejectLine, string>> = {
  row: 'BIGINT',
  file: 'VARCHAR',
  file_row: 'BIGINT',
  line: 'BIGINT',
  column: 'VARCHAR',
  rule: 'VARCHAR',
  expected: 'VARCHAR',
  value: 'VARCHAR',
};

export async function rejectLines(
  rejected: readonly RejectedRow[],
  rules: readonly BrokenRule[],
  source: RowSource,
): Promise<readonly RejectLine[]> {
  if (rejected.length === 0) return [];
  const places = await source.locate(rejected.map(({ position }) => position));
  return rejected.flatMap(({ position, problems, because }, i): RejectLine[] => {
    const { file, row, line } = places[i]!;
    const where = { row: position + 1, file, file_row: row, line: line ?? null };
    if (because !== undefined) {
      return [
        {
          ...where,
          column: null,
          rule: 'model',
          expected: `a row that the model can answer: ${because}`,
          value: null,
        },
      ];
    }
    return problems.map(({ rule, value }) => {
      const { column, rule: name, expected } = rules[rule]!;
      return { ...where, column: column.contract.name, rule: name, expected, value };
    });
  });
}

/** How many rows break each rule, the most frequent first. */
export function countRules(counts: readonly (readonly BrokenRuleCount[])[]): readonly BrokenRuleCount[] {
  const sums = new Map<string, BrokenRuleCount>();
  for (const count of counts.flat()) {
    const key = `${count.rule}\0${count.column ?? ''}\0${count.expected}`;
    sums.set(key, { ...count, rows: count.rows + (sums.get(key)?.rows ?? 0) });
  }
  return [...sums.values()].sort((a, b) => b.rows - a.rows);
}

export function countsOf(lines: readonly RejectLine[]): readonly BrokenRuleCount[] {
  return countRules([
    lines.map(({ rule, column, expected }) => ({
      rule,
      ...(column === null ? {} : { column }),
      expected: rule === 'model' ? 'a row that the model can answer' : expected,
      rows: 1,
    })),
  ]);
}
