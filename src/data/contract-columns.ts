import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Contract } from '../contract/index.ts';
import { typedColumns } from '../contract/index.ts';
import type { RowSource } from '../sql/index.ts';
import type { DataFailure } from './failures.ts';
import { columnAbsent } from './failures.ts';
import type { TypedColumn } from './typed-column.ts';

/** The columns of the contract, in its order, read by its lexical rules. Other columns of the source are left out. */
export function contractColumns(
  source: RowSource,
  contract: Contract,
): Result<readonly TypedColumn[], readonly DataFailure[]> {
  const names = source.columns.map((column) => column.name);
  const absent = contract.columns.filter((column) => !names.includes(column.name));
  if (absent.length > 0) {
    return failed(absent.map((column) => columnAbsent(source.files[0]!.shown, column.name, names)));
  }
  const personal = new Set(contract.columns.filter((column) => column.personal).map((column) => column.name));
  return success(
    typedColumns(contract, source).map(({ name, type, value, unreadable }) => ({
      name,
      type,
      typedBy: 'contract',
      personal: personal.has(name),
      // Empty text is missing in CSV already, and so it is in Parquet.
      value: type === 'string' && source.format === 'parquet' ? `nullif(${value}, '')` : value,
      unreadable,
    })),
  );
}
