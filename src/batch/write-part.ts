import { writeFile } from 'node:fs/promises';
import type { BrokenRule } from '../contract/index.ts';
import type { ServableManifest } from '../servable/index.ts';
import type { RowSource, SqlSession } from '../sql/index.ts';
import { quoteName, quoteText } from '../sql/index.ts';
import type { TableFormat } from './batch-job.ts';
import type { OutputColumns } from './columns.ts';
import type { Part } from './part.ts';
import { countsOf, rejectLines } from './rejects.ts';
import type { ScoredPart } from './score-part.ts';
import type { PartFacts, WorkFolder } from './work-folder.ts';
import { partName } from './work-folder.ts';

export interface PartWriting {
  readonly session: SqlSession;
  readonly source: RowSource;
  readonly rules: readonly BrokenRule[];
  readonly output: OutputColumns;
  readonly format: TableFormat;
  readonly manifest: ServableManifest;
  readonly folder: WorkFolder;
}

/** Writes the rows of a part with their answers, and its rejects; the same rows give the same bytes. */
export async function writePart(
  part: Part,
  { chosen, answers, rejected }: ScoredPart,
  writing: PartWriting,
): Promise<PartFacts> {
  const { session, source, rules, output, format, manifest, folder } = writing;
  const name = partName(part);
  const table = `answers_${part.index}`;
  const columns = ['chosen INTEGER', ...answers.map((_, i) => `a${i} DOUBLE`)];
  await session.run(`CREATE OR REPLACE TABLE ${table} (${columns.join(', ')})`);
  await session.append(table, [chosen, ...answers]);
  const select = (columnsOf: OutputColumns['kept']): string =>
    columnsOf.map((column) => `${column.sql} AS ${quoteName(column.name)}`).join(', ');
  // Rows of the input and of the answers, side by side by their order.
  const kept = output.kept.map((column, i) => ({ ...column, sql: `k${i}` }));
  const input = `(SELECT ${output.kept.map(({ sql }, i) => `${sql} AS k${i}`).join(', ')} FROM ${source.slice(part.from, part.to)})`;
  const rows = kept.length === 0 ? table : `${input} POSITIONAL JOIN ${table}`;
  await session.run(
    `COPY (SELECT ${select([...kept, ...output.answers])} FROM ${rows} WHERE chosen >= 0) TO ${quoteText(folder.file(`${name}.${format}`))} (${
      format === 'csv' ? csvOptions(false) : parquetOptions(manifest)
    })`,
  );
  await session.run(`DROP TABLE ${table}`);
  const lines = await rejectLines(rejected, rules, source);
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  await writeFile(folder.file(`${name}.rejects.jsonl`), text);
  const facts = {
    rows: part.to - part.from,
    scored: part.to - part.from - rejected.length,
    broken: countsOf(lines),
  };
  await folder.finish(part, facts);
  return { ...facts, bytes: 0, rejectBytes: 0 };
}

export function csvOptions(header: boolean): string {
  return `FORMAT csv, HEADER ${header}, DELIMITER ',', NULLSTR '', QUOTE '"', ESCAPE '"'`;
}

function parquetOptions({ model, modelVersion, digest, lineage }: ServableManifest): string {
  const said = {
    'trainyard.model': model,
    'trainyard.version': modelVersion,
    'trainyard.digest': digest,
    ...(lineage.run === undefined ? {} : { 'trainyard.run': lineage.run }),
    ...(lineage.commit === undefined ? {} : { 'trainyard.commit': lineage.commit }),
  };
  const metadata = Object.entries(said).map(([key, value]) => `${quoteText(key)}: ${quoteText(value)}`);
  return `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, KV_METADATA {${metadata.join(', ')}}`;
}
