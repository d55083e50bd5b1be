/**
 * What the pages of a site use of this room, so that they speak the language of `trainyard runs list --where` itself.
 * Nothing below needs Node.
 */
import { isFalse, isNull, isNumber, isText, isTrue, missing } from './run-index/columns.ts';

export type { StateDiff } from './diff/diff-data.ts';
export { diffStates } from './diff/diff-data.ts';
export type { ProfileDrift } from './diff/drift.ts';
export { profileDrift } from './diff/drift.ts';
export { heldOutSameness } from './diff/held-out.ts';
export { csvLine, withoutFormula } from './export/csv.ts';
export type { Predicate } from './query/compile-where.ts';
export { compileWhere } from './query/compile-where.ts';
export { compareValues, fieldValue, mainMetric } from './query/field-value.ts';
export type { Field } from './query/fields.ts';
export { fieldOf } from './query/fields.ts';
export type { Condition, Literal, Name, Operator } from './query/where-syntax.ts';
export { parseName, parseWhere, WhereMistake } from './query/where-syntax.ts';
export type { Column } from './run-index/columns.ts';
export { valueAt } from './run-index/columns.ts';
export type { RunTable } from './run-index/run-table.ts';

/** What stands in a cell of a column. */
export const cellKinds: {
  readonly missing: 0;
  readonly isNumber: 1;
  readonly isText: 2;
  readonly isTrue: 3;
  readonly isFalse: 4;
  readonly isNull: 5;
} = { missing, isNumber, isText, isTrue, isFalse, isNull };
