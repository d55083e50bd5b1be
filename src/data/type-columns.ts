import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Contract } from '../contract/index.ts';
import type { RowSource, SourceColumn, SqlSession } from '../sql/index.ts';
import { quoteName } from '../sql/index.ts';
import { logicalType } from './column-types.ts';
import { contractColumns } from './contract-columns.ts';
import { columnTypeUnsupported } from './failures.ts';
import { inferTypes } from './infer-types.ts';
import type { TypedColumn } from './typed-column.ts';

/** The typed columns of a source: by its contract, else by the types of Parquet, else by the values of CSV. */
export async function typeColumns(
  session: SqlSession,
  source: RowSource,
  contract: Contract | undefined,
): Promise<Result<readonly TypedColumn[], readonly Failure[]>> {
  if (contract !== undefined) return contractColumns(source, contract);
  if (source.format === 'csv') return success(await inferTypes(session, source));
  return parquetColumns(source);
}

function parquetColumns(source: RowSource): Result<readonly TypedColumn[], readonly Failure[]> {
  const columns: TypedColumn[] = [];
  const failures: Failure[] = [];
  for (const column of source.columns) {
    const typed = parquetColumn(column);
    if (typed === undefined) {
      failures.push(columnTypeUnsupported(source.files[0]!.shown, column.name, column.type));
    } else columns.push(typed);
  }
  return failures.length > 0 ? failed(failures) : success(columns);
}

/** NaN and empty text become NULL, so that missing is one thing in all prepared files. */
function parquetColumn({ name, type: duckdbType }: SourceColumn): TypedColumn | undefined {
  const type = logicalType(duckdbType);
  if (type === undefined) return undefined;
  const column = quoteName(name);
  const typed = { name, type, typedBy: 'file', personal: false } as const;
  switch (type) {
    case 'integer':
      return {
        ...typed,
        value: `TRY_CAST(${column} AS BIGINT)`,
        unreadable: `${column} IS NOT NULL AND TRY_CAST(${column} AS BIGINT) IS NULL`,
      };
    case 'number':
      return { ...typed, value: `CASE WHEN NOT isnan(${column}::DOUBLE) THEN ${column}::DOUBLE END` };
    case 'timestamp':
      return { ...typed, value: `make_timestamp(epoch_us(${column}))` };
    case 'string':
      return { ...typed, value: `nullif(${column}::VARCHAR, '')` };
    default:
      return { ...typed, value: column };
  }
}
