import type { RowSource } from '../../sql/index.ts';
import { positionColumn, quoteName } from '../../sql/index.ts';
import type { ColumnContract, Contract } from '../contract.ts';
import { typedColumns } from '../typed-columns.ts';
import type { CheckedNames } from './column-rules.ts';

/** A column that the contract and the source both have, with its names in the checked relation. */
export interface CheckedColumn extends CheckedNames {
  readonly contract: ColumnContract;
}

/** What the rules are evaluated over: each column as the source has it, and as a typed value. */
export interface CheckedRelation {
  readonly columns: readonly CheckedColumn[];
  /** For `FROM`. */
  readonly rows: string;
  /** For `FROM`, with `position`: the number of the row over all files. */
  readonly numberedRows: string;
}

export function checkedRelation(contract: Contract, source: RowSource): CheckedRelation {
  const columns: CheckedColumn[] = [];
  const select: string[] = [];
  for (const [i, typed] of typedColumns(contract, source).entries()) {
    const raw = `r${i}`;
    const isSame = typed.value === typed.written;
    const value = isSame ? raw : `v${i}`;
    select.push(`${typed.written} AS ${raw}`);
    if (!isSame) select.push(`${typed.value} AS ${value}`);
    columns.push({ contract: contract.columns.find((column) => column.name === typed.name)!, raw, value });
  }
  return {
    columns,
    rows: `(SELECT ${['NULL AS nothing', ...select].join(', ')} FROM ${source.scan})`,
    numberedRows: `(SELECT ${[`${quoteName(positionColumn)} AS position`, ...select].join(', ')} FROM ${source.numberedScan})`,
  };
}
