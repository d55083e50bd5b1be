import type { RowSource, SqlSession } from '../sql/index.ts';
import { rulesOfColumn } from './check/column-rules.ts';
import { checkedRelation } from './check/relation.ts';
import type { ColumnContract, Contract } from './contract.ts';
import type { CheckRule } from './verdict.ts';

/** The rules of single rows as SQL, for readers that take or refuse each row of a source on its own. */
export interface RowRules {
  readonly columns: readonly RuledColumn[];
  /** Rules of the columns, in their order: those that `checkDataset` counts and `compileRowCheck` asks. */
  readonly rules: readonly BrokenRule[];
  /** For `FROM`: each column as written and as a typed value, under the names that the rules use. */
  readonly rows: string;
}

export interface RuledColumn {
  readonly contract: ColumnContract;
  /** What is written in the source; `NULL` where it is missing. */
  readonly written: string;
  /** The typed value; `NULL` where it is missing or breaks the lexical rule. */
  readonly value: string;
}

export interface BrokenRule {
  readonly rule: CheckRule;
  readonly column: RuledColumn;
  readonly expected: string;
  /** SQL that is true where a row breaks the rule, and otherwise false or `NULL`. */
  readonly broken: string;
}

/** The rules for the columns that the contract and the source both have. Uniqueness is no matter of single rows. */
export async function rowRules(
  session: SqlSession,
  contract: Contract,
  source: RowSource,
): Promise<RowRules> {
  const relation = checkedRelation(contract, source);
  const columns: RuledColumn[] = [];
  const rules: BrokenRule[] = [];
  for (const names of relation.columns) {
    const column = { contract: names.contract, written: names.raw, value: names.value };
    columns.push(column);
    for (const { rule, expected, broken } of await rulesOfColumn(session, names.contract, names)) {
      rules.push({ rule, column, expected, broken });
    }
  }
  return { columns, rules, rows: relation.rows };
}
