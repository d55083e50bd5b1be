import { createHash } from 'node:crypto';
import { quoteText } from '../sql/index.ts';

/**
 * The position of a row between 0 and 1, by its key alone; a row is held out when its position is below the share
 * `test`. The same key is on the same side for ever: whatever the order of the rows, the files, their format, the
 * engine, and whatever rows are added. A larger share only moves rows from training to held-out, never back.
 *
 * The function, for any engine to repeat: take the salt and then the key's values in the order of `key:`, each as
 * text (`keyText`); write each as a netstring, that is the length of its UTF-8 bytes in decimal, `:`, the bytes, `,`
 * (so that `a` + `bc` and `ab` + `c` differ); take the SHA-256 of it all; the first 53 bits, as an unsigned big-endian
 * integer, divided by 2^53. That division is exact in IEEE 754 double precision, and so is the comparison.
 */
export function splitPosition(salt: string, key: readonly string[]): number {
  const message = [salt, ...key].map((text) => `${Buffer.byteLength(text)}:${text},`).join('');
  const digest = createHash('sha256').update(message).digest();
  return Number(digest.readBigUInt64BE(0) >> 11n) / 2 ** 53;
}

/** `splitPosition` as an SQL expression; `keys` are expressions that give text. NULL when one of them is. */
export function splitPositionSql(salt: string, keys: readonly string[]): string {
  const netstrings = keys.map((key) => `strlen(${key}) || ':' || (${key}) || ','`);
  const message = [quoteText(`${Buffer.byteLength(salt)}:${salt},`), ...netstrings].join(' || ');
  // 14 hexadecimal digits are 56 bits, of which the last 3 are dropped.
  return `(('0x' || substr(sha256(${message}), 1, 14))::UBIGINT >> 3)::DOUBLE / 9007199254740992::DOUBLE`;
}

/**
 * A key's value as text, NULL where it is missing or empty. Integers are decimal without leading zeros, so that a
 * number has one spelling in CSV and Parquet; text is as it is, without any normalization of Unicode or white space;
 * booleans are `true` and `false`; dates `2024-01-31`; timestamps are UTC with microseconds:
 * `2024-01-31T12:00:00.000000Z`. Numbers with fractions have too many spellings to be a key (`isKeyType`).
 *
 * @param column an SQL expression of the column's typed value
 */
export function keyTextSql(type: string, column: string): string {
  switch (type) {
    case 'timestamp':
      return `strftime((${column})::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%fZ')`;
    case 'string':
      return `nullif(${column}, '')`;
    default:
      return `(${column})::VARCHAR`;
  }
}

export function isKeyType(type: string): boolean {
  return type !== 'number';
}
