export type { CheckOptions } from './check-dataset.ts';
export { checkDataset } from './check-dataset.ts';
export type * from './contract.ts';
export type { ColumnFacts, ContractFacts, ServiceLevel, SupportChannel } from './contract-facts.ts';
export { readContractFacts } from './contract-facts.ts';
export type { ContractFailure } from './failures.ts';
export { contractMissing, contractUnreadable } from './failures.ts';
export {
  datePattern,
  lexicalDescription,
  microsecondsOf,
  momentOf,
  readLexical,
  timestampPattern,
} from './lexical.ts';
export { compilePattern } from './pattern.ts';
export { readContract } from './read-contract.ts';
export type { RowCheck, RowProblem } from './row-check.ts';
export { compileRowCheck } from './row-check.ts';
export type { BrokenRule, RowRules, RuledColumn } from './row-rules.ts';
export { rowRules } from './row-rules.ts';
export type { JsonSchema } from './row-schema.ts';
export { rowSchema } from './row-schema.ts';
export type { TypedColumnSql } from './typed-columns.ts';
export { typedColumns, typedSelect } from './typed-columns.ts';
export type * from './verdict.ts';
