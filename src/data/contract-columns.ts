import type { Failure, Result } from '../base/index.ts';
import { failed } from '../base/index.ts';
import type { Contract } from '../contract/index.ts';
import type { RowSource } from '../sql/index.ts';
import type { TypedColumn } from './typed-column.ts';

export function contractColumns(
  _source: RowSource,
  _contract: Contract,
): Result<readonly TypedColumn[], readonly Failure[]> {
  return failed([]);
}
