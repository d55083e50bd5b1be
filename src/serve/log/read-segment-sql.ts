import type { SqlSession } from '../../sql/index.ts';
import { literalPath, quoteName, quoteText } from '../../sql/index.ts';
import { parquetEnding } from './segment-name.ts';

/** Columns of an answer that are plain texts or numbers in both forms of a segment. */
const texts = [
  'request',
  'model',
  'version',
  'digest',
  'run',
  'commit',
  'role',
  'variant',
  'protocol',
  'code',
];
const integers = ['row', 'rows', 'status'];

/** A query of the answers in a segment, the same columns for lines and Parquet: `input` and `prediction` as JSON. */
export async function answersFrom(session: SqlSession, file: string): Promise<string> {
  if (!file.endsWith(parquetEnding)) {
    const types = [
      ...['kind', 'time', ...texts].map((name) => [name, 'VARCHAR']),
      ...integers.map((name) => [name, 'BIGINT']),
      ...[
        ['latency', 'DOUBLE'],
        ['input', 'JSON'],
        ['prediction', 'JSON'],
      ],
    ];
    const shown = ['time', ...texts, ...integers, 'latency'].map(quoteName).join(', ');
    return `SELECT ${shown}, input::VARCHAR AS input, prediction::VARCHAR AS prediction, row_number() OVER () AS place
      FROM ${lines(file, types)} WHERE kind = 'answer'`;
  }
  const from = parquet(file);
  const columns = await columnsOf(session, `SELECT * FROM ${from}`);
  const flat = [...texts, ...integers, 'latency'].map(quoteName).join(', ');
  const input = columns.has('input') ? await jsonOf(session, from, 'input') : 'NULL';
  const prediction = columns.has('prediction') ? 'to_json(prediction)::VARCHAR' : 'NULL';
  return `SELECT ${isoText('"time"')} AS "time", ${flat}, ${input} AS input, ${prediction} AS prediction,
    row_number() OVER () AS place FROM ${from}`;
}

/** A query of the labels in a segment: label as JSON, times as ISO 8601. */
export function labelsFrom(file: string): string {
  if (file.endsWith(parquetEnding)) {
    return `SELECT request, "row", to_json(label)::VARCHAR AS label, ${isoText('"time"')} AS "time",
      ${isoText('known')} AS known FROM ${parquet(file)}`;
  }
  const types = [
    ...['kind', 'time', 'request', 'known'].map((name) => [name, 'VARCHAR']),
    ['row', 'BIGINT'],
    ['label', 'JSON'],
  ];
  return `SELECT request, "row", label::VARCHAR AS label, "time", known FROM ${lines(file, types)} WHERE kind = 'label'`;
}

function parquet(file: string): string {
  return `read_parquet(${quoteText(literalPath(file))})`;
}

/** Lines that broke off have no kind, and nothing else. */
function lines(file: string, types: readonly (readonly string[])[]): string {
  const columns = types.map(([name, type]) => `${quoteName(name!)}: ${quoteText(type!)}`).join(', ');
  return `read_json(${quoteText(literalPath(file))}, format = 'newline_delimited', ignore_errors = true,
    maximum_object_size = 67108864, columns = {${columns}})`;
}

/** A struct as JSON, with times as requests write them. */
async function jsonOf(session: SqlSession, from: string, struct: string): Promise<string> {
  const members = await columnsOf(session, `SELECT ${struct}.* FROM ${from}`);
  const pairs = [...members].map(([name, type]) => {
    const value = `${struct}.${quoteName(name)}`;
    return `${quoteText(name)}, ${type.startsWith('TIMESTAMP') ? isoText(value) : value}`;
  });
  return `CASE WHEN ${struct} IS NULL THEN NULL ELSE json_object(${pairs.join(', ')})::VARCHAR END`;
}

/** Milliseconds where there is nothing finer, as the lines have it. */
function isoText(value: string): string {
  const text = `strftime(${value}::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%f')`;
  return `regexp_replace(${text}, '000$', '') || 'Z'`;
}

async function columnsOf(session: SqlSession, query: string): Promise<ReadonlyMap<string, string>> {
  const rows = await session.rows<{ readonly name: string; readonly type: string }>(
    `SELECT column_name AS name, column_type AS type FROM (DESCRIBE ${query})`,
  );
  return new Map(rows.map(({ name, type }) => [name, type]));
}
