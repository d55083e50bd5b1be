import type { RowSource } from '../sql/index.ts';
import { quoteName } from '../sql/index.ts';
import type { Contract, LogicalType } from './contract.ts';
import { sqlFromText, sqlFromTyped } from './lexical.ts';

/** How a column of a source becomes a typed one, by the lexical rules of its contract. */
export interface TypedColumnSql {
  readonly name: string;
  readonly type: LogicalType;
  /** SQL over the columns of the source: what is written there; `NULL` where it is missing. */
  readonly written: string;
  /** SQL over the columns of the source: the typed value; `NULL` where it is missing or breaks the lexical rule. */
  readonly value: string;
  /** SQL that is true where something is written that breaks the lexical rule. */
  readonly unreadable: string;
}

/** The columns that the contract and the source both have, in the contract's order. */
export function typedColumns(contract: Contract, source: RowSource): readonly TypedColumnSql[] {
  const engineTypes = new Map(source.columns.map((column) => [column.name, column.type]));
  return contract.columns.flatMap(({ name, type, declaredType }) => {
    const engineType = engineTypes.get(name);
    if (engineType === undefined) return [];
    const raw = quoteName(name);
    const value =
      source.format === 'csv'
        ? sqlFromText(type, raw)
        : declaredType === undefined
          ? sqlFromTyped(type, raw, engineType)
          : `${raw}::VARCHAR`;
    const written = source.format === 'parquet' && engineType === 'VARCHAR' ? `nullif(${raw}, '')` : raw;
    return [{ name, type, written, value, unreadable: `(${written} IS NOT NULL AND (${value}) IS NULL)` }];
  });
}

/** A select list of the typed columns under their own names: `SELECT ${typedSelect(...)} FROM ${source.scan}`. */
export function typedSelect(contract: Contract, source: RowSource): string {
  return typedColumns(contract, source)
    .map(({ name, value }) => `${value} AS ${quoteName(name)}`)
    .join(', ');
}
