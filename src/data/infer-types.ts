import type { LogicalType } from '../contract/index.ts';
import type { RowSource, SqlSession } from '../sql/index.ts';
import { quoteName } from '../sql/index.ts';
import type { TypedColumn } from './typed-column.ts';

/** Rows that are looked at first: most columns of text are known by then. */
const firstLook = 5_000;

const integerPattern = '-?[1-9][0-9]{0,15}|0';
const numberPattern = '-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?';

/**
 * Types for the columns of CSV files without a contract, by all their values; missing values say nothing. Careful,
 * so that no identifier loses digits: what is not clearly of another type stays text.
 * - `integer`: decimal, without a plus sign, leading zeros or `-0`, and within +-(2^53 - 1);
 * - `number`: decimal fractions or exponents, finite, no leading zeros; `1` beside `1.5` is a number, but when a column
 *   has only whole numbers, and one of them is too large for `integer`, it holds identifiers and stays text;
 * - `boolean`: `true` and `false`, as JSON spells them;
 * - everything else, dates too, and a column without values: `string`.
 */
export async function inferTypes(session: SqlSession, source: RowSource): Promise<readonly TypedColumn[]> {
  const names = source.columns.map((column) => column.name);
  const looks = await lookAt(session, `(SELECT * FROM ${source.scan} LIMIT ${firstLook})`, names);
  const open = names.filter((_, i) => looks[i]!.number || looks[i]!.boolean);
  const whole = source.rows <= firstLook ? undefined : await lookAt(session, source.scan, open);
  return names.map((name, i) => {
    const look = whole?.[open.indexOf(name)] ?? looks[i]!;
    const type = typeOf(look);
    return { name, type, typedBy: 'values', personal: false, value: valueSql(quoteName(name), type) };
  });
}

/** What is true of all values of a column that are there. */
interface Look {
  readonly empty: boolean;
  readonly integer: boolean;
  readonly number: boolean;
  readonly boolean: boolean;
  /** Some value has a decimal point or an exponent. */
  readonly fraction: boolean;
}

async function lookAt(session: SqlSession, relation: string, names: readonly string[]): Promise<Look[]> {
  if (names.length === 0) return [];
  const parts = names.flatMap((name, i) => {
    const text = quoteName(name);
    const whole = `(regexp_full_match(${text}, '${integerPattern}') AND abs(TRY_CAST(${text} AS HUGEINT)) <= ${Number.MAX_SAFE_INTEGER})`;
    const number = `(regexp_full_match(${text}, '${numberPattern}') AND coalesce(isfinite(TRY_CAST(${text} AS DOUBLE)), ${text} IS NULL))`;
    return [
      `count(${text}) = 0 AS empty${i}`,
      `coalesce(bool_and(${whole}), true) AS integer${i}`,
      `coalesce(bool_and(${number}), true) AS number${i}`,
      `coalesce(bool_and(${text} IN ('true', 'false')), true) AS boolean${i}`,
      `coalesce(bool_or(regexp_matches(${text}, '[.eE]')), false) AS fraction${i}`,
    ];
  });
  const [row] = await session.rows<Record<string, boolean>>(`SELECT ${parts.join(', ')} FROM ${relation}`);
  return names.map((_, i) => ({
    empty: row![`empty${i}`]!,
    integer: row![`integer${i}`]!,
    number: row![`number${i}`]!,
    boolean: row![`boolean${i}`]!,
    fraction: row![`fraction${i}`]!,
  }));
}

function typeOf(look: Look): LogicalType {
  if (look.empty) return 'string';
  if (look.integer) return 'integer';
  if (look.number && look.fraction) return 'number';
  return look.boolean ? 'boolean' : 'string';
}

function valueSql(text: string, type: LogicalType): string {
  switch (type) {
    case 'integer':
      return `${text}::BIGINT`;
    case 'number':
      return `${text}::DOUBLE`;
    case 'boolean':
      return `${text} = 'true'`;
    default:
      return text;
  }
}
