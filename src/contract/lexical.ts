import { quoteText } from '../sql/index.ts';
import type { LogicalType } from './contract.ts';

/**
 * How a value of each type is written: the lexical rules. They are those of JSON for numbers and booleans, so that a
 * CSV field and a JSON request say the same, and ISO 8601 for dates and times. The expressions mean the same in
 * ECMA-262 (with the `u` flag) and in RE2.
 */
const year = '(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})';
const leapYear = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)';
const date = `(?:${year}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|${leapYear}-02-29)`;
const time = '(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?';
const zone = '(?:Z|[+-](?:0[0-9]|1[0-5]):[0-5][0-9])';

export const datePattern: string = `^${date}$`;
/** Without a zone it is UTC. Seconds have at most 9 decimals, of which 6 count. */
export const timestampPattern: string = `^${date}[T ]${time}${zone}?$`;
const integerPattern = '^-?(?:0|[1-9][0-9]*)$';
const numberPattern = '^-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$';

/** Beyond this, a JSON number and a double are no longer exact (RFC 8259, section 6); longer ids are text. */
export const largestInteger: number = Number.MAX_SAFE_INTEGER;

const regexes = {
  date: new RegExp(datePattern, 'u'),
  timestamp: new RegExp(timestampPattern, 'u'),
  integer: new RegExp(integerPattern, 'u'),
  number: new RegExp(numberPattern, 'u'),
};

/** What a text is as a value of the type, in JSON; `undefined` when it is none. */
export function readLexical(type: LogicalType, text: string): string | number | boolean | undefined {
  switch (type) {
    case 'string':
      return text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'integer': {
      const value = regexes.integer.test(text) ? Number(text) : Number.NaN;
      return Number.isSafeInteger(value) ? value : undefined;
    }
    case 'number': {
      const value = regexes.number.test(text) ? Number(text) : Number.NaN;
      return Number.isFinite(value) ? value : undefined;
    }
    case 'date':
    case 'timestamp':
      return regexes[type].test(text) ? text : undefined;
  }
}

/** For people: what a field of the type has to look like. */
export function lexicalDescription(type: LogicalType): string {
  switch (type) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'integer':
      return 'an integer such as -12, within 2^53';
    case 'number':
      return 'a number such as -1.5 or 2e-3';
    case 'date':
      return 'a date such as 2024-02-29';
    case 'timestamp':
      return 'a timestamp such as 2024-02-29T13:45:00Z';
  }
}

/** The type in which the engine holds values of a logical type. */
const engineTypes: Readonly<Record<LogicalType, string>> = {
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  string: 'VARCHAR',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
};

/**
 * SQL for the typed value of a text column, `NULL` when the text is missing or breaks the lexical rule. Where it can,
 * it compares a cast with its way back instead of matching a regular expression: that is several times faster.
 */
export function sqlFromText(type: LogicalType, column: string): string {
  switch (type) {
    case 'string':
      return column;
    case 'boolean':
      return `CASE ${column} WHEN 'true' THEN true WHEN 'false' THEN false END`;
    case 'integer': {
      const value = `TRY_CAST(${column} AS BIGINT)`;
      const within = `${value} BETWEEN -${largestInteger} AND ${largestInteger}`;
      return `CASE WHEN (${value}::VARCHAR = ${column} OR ${column} = '-0') AND ${within} THEN ${value} END`;
    }
    case 'number': {
      // Adding zero makes zero of minus zero: they are one value, also to GROUP BY.
      const value = `TRY_CAST(${column} AS DOUBLE)`;
      return `CASE WHEN regexp_matches(${column}, ${quoteText(numberPattern)}) AND isfinite(${value}) THEN ${value} + 0.0::DOUBLE END`;
    }
    case 'date': {
      const value = `TRY_CAST(${column} AS DATE)`;
      return `CASE WHEN length(${column}) = 10 AND ${value}::VARCHAR = ${column} THEN ${value} END`;
    }
    case 'timestamp':
      return `CASE WHEN regexp_matches(${column}, ${quoteText(timestampPattern)}) THEN ${sqlTimestamp(column)} END`;
  }
}

/**
 * SQL for the typed value of a Parquet column, `NULL` when it is missing or not a value of the logical type. Empty
 * text is missing, as in CSV.
 */
export function sqlFromTyped(type: LogicalType, column: string, engineType: string): string {
  const value = `TRY_CAST(${column} AS ${engineTypes[type]})`;
  const isText = /^(VARCHAR|UUID|ENUM\(.*\))$/s.test(engineType);
  const isInteger = /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(engineType);
  const isReal = /^(FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(engineType);
  switch (type) {
    case 'string':
      return isText ? `nullif(${column}::VARCHAR, '')` : 'NULL::VARCHAR';
    case 'boolean':
      return engineType === 'BOOLEAN' ? column : 'NULL::BOOLEAN';
    case 'integer': {
      const within = `${column} BETWEEN -${largestInteger} AND ${largestInteger}`;
      if (isInteger) return `CASE WHEN ${within} THEN ${value} END`;
      if (isReal) return `CASE WHEN ${within} AND ${column} = trunc(${column}) THEN ${value} END`;
      return 'NULL::BIGINT';
    }
    case 'number':
      if (!isInteger && !isReal) return 'NULL::DOUBLE';
      return `CASE WHEN isfinite(${column}::DOUBLE) THEN ${column}::DOUBLE + 0.0::DOUBLE END`;
    case 'date':
      return engineType === 'DATE' ? `CASE WHEN isfinite(${column}) THEN ${column} END` : 'NULL::DATE';
    case 'timestamp':
      if (engineType === 'TIMESTAMP WITH TIME ZONE') {
        return `CASE WHEN isfinite(${column}) THEN make_timestamp(epoch_us(${column})) END`;
      }
      if (!/^TIMESTAMP(_S|_MS|_NS)?$/.test(engineType)) return 'NULL::TIMESTAMP';
      return `CASE WHEN isfinite(${column}::TIMESTAMP) THEN ${column}::TIMESTAMP END`;
  }
}

/** DuckDB forgets the offset when text becomes TIMESTAMP, and keeps it by way of TIMESTAMPTZ (sessions are in UTC). */
function sqlTimestamp(column: string): string {
  return `make_timestamp(epoch_us(TRY_CAST(${column} AS TIMESTAMPTZ)))`;
}

/** Milliseconds since 1970 of a text that is a date or a timestamp by the lexical rules; `undefined` when it is neither. */
export function momentOf(text: string): number | undefined {
  const isTime = regexes.date.test(text) || regexes.timestamp.test(text);
  return isTime ? Number(microsecondsOf(text)) / 1000 : undefined;
}

/** Microseconds since 1970 of a date or timestamp that keeps the lexical rule, as the engine counts them. */
export function microsecondsOf(text: string): bigint {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?)?$/.exec(
    text,
  );
  if (match === null) throw new TypeError(`${text} is no date and no timestamp`);
  const [, years, months, days, hours = '0', minutes = '0', seconds = '0', fraction = '', offset = 'Z'] =
    match;
  const moment = new Date(0);
  moment.setUTCFullYear(Number(years), Number(months) - 1, Number(days));
  moment.setUTCHours(Number(hours), Number(minutes), Number(seconds));
  const sign = offset.startsWith('-') ? -1 : 1;
  const minutesAhead =
    offset === 'Z' ? 0 : sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6)));
  const milliseconds = moment.getTime() - minutesAhead * 60_000;
  return BigInt(milliseconds) * 1000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
}
