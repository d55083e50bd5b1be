import { join } from 'node:path';
import type { RowSource, SqlSession } from '../sql/index.ts';
import { quoteName, quoteText, writeParquet } from '../sql/index.ts';
import type { SplitSpec } from './dataset.ts';
import { keyTextSql, splitPositionSql } from './split.ts';
import type { TypedColumn } from './typed-column.ts';

/**
 * The typed rows of a dataset with their sides, in a Parquet file of their own: the source is parsed once, and
 * everything after that reads columns. Columns are named by number, so that no name of a user's can be in the way.
 */
export interface Stage {
  readonly columns: readonly TypedColumn[];
  /** For `FROM`: `c0`, `c1`, ..., and `position`, `held_out`, `key_missing`, `unreadable`. */
  readonly relation: string;
}

export interface StageOptions {
  readonly source: RowSource;
  readonly columns: readonly TypedColumn[];
  readonly key: readonly string[];
  readonly split: SplitSpec;
  readonly folder: string;
}

export async function stageRows(session: SqlSession, options: StageOptions): Promise<Stage> {
  const { source, columns, key } = options;
  const position = sidePosition(options);
  const unreadable = columns.flatMap((column, i) =>
    column.unreadable === undefined ? [] : [`WHEN ${column.unreadable} THEN ${i}`],
  );
  const staged = [
    ...columns.map((column, i) => `${column.value} AS c${i}`),
    `${position ?? '1'} AS side`,
    `${unreadable.length === 0 ? 'NULL' : `CASE ${unreadable.join(' ')} END`}::INTEGER AS unreadable`,
  ];
  const file = join(options.folder, 'rows.parquet');
  await writeParquet(session, `SELECT ${staged.join(', ')} FROM ${source.scan}`, file);
  const heldOut = `side < ${options.split.test}::DOUBLE`;
  return {
    columns,
    relation: `(SELECT * EXCLUDE (side), ${heldOut} AS held_out, ${key.length > 0 ? 'side IS NULL' : 'false'} AS key_missing,
      file_row_number AS position FROM read_parquet(${quoteText(file)}, file_row_number = true))`,
  };
}

/** A query of the training rows with their values as the source has them, in its order. */
export function trainingRowsAsWritten(options: StageOptions): string {
  const names = options.columns.map((column) => quoteName(column.name)).join(', ');
  const position = sidePosition(options);
  const where = position === undefined ? '' : ` WHERE ${position} >= ${options.split.test}::DOUBLE`;
  return `SELECT ${names} FROM ${options.source.scan}${where}`;
}

function sidePosition({ columns, key, split }: StageOptions): string | undefined {
  if (key.length === 0) return undefined;
  const texts = key.map((name) => {
    const column = columns.find((candidate) => candidate.name === name)!;
    return keyTextSql(column.type, column.value);
  });
  return splitPositionSql(split.salt, texts);
}

/** A query of the staged columns under their own names, in the order of the source. */
export function stagedRows(stage: Stage, where: 'train' | 'held-out'): string {
  return `SELECT ${namedColumns(stage)} FROM ${stage.relation} WHERE ${where === 'train' ? 'NOT ' : ''}held_out ORDER BY position`;
}

export function namedColumns(stage: Stage): string {
  return stage.columns.map((column, i) => `c${i} AS ${quoteName(column.name)}`).join(', ');
}

/** The name of a column in the stage. */
export function stagedName(stage: Stage, name: string): string {
  return `c${stage.columns.findIndex((column) => column.name === name)}`;
}
