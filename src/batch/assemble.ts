import { createReadStream } from 'node:fs';
import { copyFile, open, rename, rm } from 'node:fs/promises';
import type { SqlSession } from '../sql/index.ts';
import { literalPath, quoteName, quoteText } from '../sql/index.ts';
import type { BatchJob } from './batch-job.ts';
import type { OutputColumns } from './columns.ts';
import { joinParquetFiles } from './parquet/join-files.ts';
import type { Part } from './part.ts';
import { rejectColumns } from './rejects.ts';
import type { WorkFolder } from './work-folder.ts';
import { partName } from './work-folder.ts';
import { csvOptions } from './write-part.ts';

/** Makes one file of the parts; it appears whole, in place of what was there. */
export async function assembleOutput(
  session: SqlSession,
  parts: readonly Part[],
  folder: WorkFolder,
  { outputFormat, output }: BatchJob,
  columns: OutputColumns,
): Promise<void> {
  const whole = folder.file(`whole.${outputFormat}`);
  const files = parts.map((part) => folder.file(`${partName(part)}.${outputFormat}`));
  if (outputFormat === 'parquet') await joinParquetFiles(files, whole);
  else {
    const header = folder.file('header.csv');
    const names = [...columns.kept, ...columns.answers].map(({ name }) => `NULL AS ${quoteName(name)}`);
    await session.run(
      `COPY (SELECT ${names.join(', ')} LIMIT 0) TO ${quoteText(header)} (${csvOptions(true)})`,
    );
    await concatenate([header, ...files], whole);
  }
  await moveFile(whole, output);
}

/** The rejects of all parts in one file; without any there is none, and one of an earlier job goes. */
export async function assembleRejects(
  session: SqlSession,
  parts: readonly Part[],
  folder: WorkFolder,
  { rejects, rejectsFormat }: BatchJob,
  rejected: number,
): Promise<void> {
  if (rejected === 0) {
    await rm(rejects, { force: true });
    return;
  }
  const lines = folder.file('whole.rejects.jsonl');
  await concatenate(
    parts.map((part) => folder.file(`${partName(part)}.rejects.jsonl`)),
    lines,
  );
  if (rejectsFormat === 'jsonl') return await moveFile(lines, rejects);
  const whole = folder.file('whole.rejects.parquet');
  const columns = Object.entries(rejectColumns).map(
    ([name, type]) => `${quoteText(name)}: ${quoteText(type)}`,
  );
  await session.run(
    `COPY (FROM read_json(${quoteText(literalPath(lines))}, format = 'newline_delimited', columns = {${columns.join(', ')}})) TO ${quoteText(whole)} (FORMAT parquet, COMPRESSION zstd)`,
  );
  await moveFile(whole, rejects);
}

async function concatenate(files: readonly string[], whole: string): Promise<void> {
  await using out = await open(whole, 'w');
  for (const file of files) {
    for await (const bytes of createReadStream(file)) await out.writeFile(bytes as Buffer);
  }
  await out.sync();
}

/** Also to another disk, where a file cannot simply get another name. */
async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await copyFile(from, `${to}.partial`);
    await rename(`${to}.partial`, to);
    await rm(from);
  }
}
