import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open, readFile, rename, rm } from 'node:fs/promises';
import * as zlib from 'node:zlib';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { AnswerTable } from '../answer-table.ts';
import { newTable } from '../answer-table.ts';
import { parquetEnding, partialEnding, sealedEnding } from '../segment-name.ts';
import { cellsOf, levelsWithout, rowGroupsOf } from './cells.ts';
import type { Leaf } from './columns.ts';
import { answerLeaves, schemaOf } from './columns.ts';
import type { ColumnGroup } from './encode-column.ts';
import { labelColumns } from './labels.ts';
import { readLines } from './parse-lines.ts';
import { typedCells } from './typed-cells.ts';
import { writeColumn } from './write-column.ts';

/** Rows of a group in the file. */
const groupRows = 8192;

/**
 * Writes a complete segment as Parquet, beside it; the file appears complete, or not at all. Its lines are read only when
 * nobody has a table of what they say.
 */
export async function convertSegment(path: string, gathered?: AnswerTable): Promise<void> {
  const content = gathered === undefined ? await readSegment(path) : answersOf(gathered);
  const temporary = `${path}${parquetEnding}.${randomBytes(6).toString('hex')}${partialEnding}`;
  const file = await open(temporary, 'wx', 0o640);
  try {
    await writeParquet(file, content);
    await file.datasync();
    await file.close();
    await rename(temporary, path + parquetEnding);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}

interface SegmentContent {
  readonly kind: 'answer' | 'label';
  readonly leaves: readonly Leaf[];
  readonly groups: Iterable<RowColumns>;
  /** Of it the file tells versions and gaps. */
  readonly table: AnswerTable;
}

/** The columns of a group of rows, in the order of the leaves. */
interface RowColumns {
  readonly rows: number;
  readonly columns: Iterable<ColumnGroup>;
}

async function readSegment(path: string): Promise<SegmentContent> {
  // Its lines are not more than its limit, some 16 MiB; as columns they are less.
  const table = newTable(Number.POSITIVE_INFINITY);
  const labels = readLines(await readFile(path + sealedEnding, 'utf8'), table);
  if (labels.length === 0) return answersOf(table);
  const columns = labelColumns(labels);
  return {
    kind: 'label',
    leaves: columns.map(({ leaf }) => leaf),
    groups: [{ rows: labels.length, columns }],
    table,
  };
}

function answersOf(table: AnswerTable): SegmentContent {
  const leaves = answerLeaves(table.parts);
  return { kind: 'answer', leaves, groups: answerGroups(table, leaves), table };
}

function* answerGroups(table: AnswerTable, leaves: ReturnType<typeof answerLeaves>): Iterable<RowColumns> {
  for (const group of rowGroupsOf(table, groupRows)) {
    const columns = leaves.map((leaf) => ({
      leaf,
      cells: typedCells(leaf.type, cellsOf(leaf, group)),
      levels: levelsWithout(leaf, group),
    }));
    yield { rows: group.rows, columns };
  }
}

async function writeParquet(
  file: FileHandle,
  { kind, leaves, groups, table }: SegmentContent,
): Promise<void> {
  const bytes = new ByteWriter();
  const versions = table.parts.flatMap(({ described }) => described ?? []);
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schemaOf(leaves),
    ...(zstd ?? { codec: 'SNAPPY' }),
    createdBy: 'trainyard',
    kvMetadata: [
      { key: 'trainyard.log', value: JSON.stringify({ v: 1, kind, dropped: table.dropped }) },
      { key: 'trainyard.versions', value: JSON.stringify(versions) },
    ],
  });
  for (const group of groups) {
    addGroup(writer, group);
    await drain(bytes, file);
  }
  await writer.finish();
  await drain(bytes, file);
}

function addGroup(writer: ParquetWriter, group: RowColumns): void {
  const start = writer.writer.offset;
  const rows = BigInt(group.rows);
  const columns = Array.from(group.columns, (column) => writeColumn(writer, column));
  const size = BigInt(writer.writer.offset - start);
  writer.row_groups.push({ columns, num_rows: rows, total_byte_size: size, total_compressed_size: size });
  writer.num_rows += rows;
}

/** zstd where this Node has it: smaller, and faster than a Snappy in JavaScript. */
const zstd = zstdOf((zlib as { zstdCompressSync?: (bytes: Uint8Array) => Uint8Array }).zstdCompressSync);

function zstdOf(compress: ((bytes: Uint8Array) => Uint8Array) | undefined) {
  if (compress === undefined) return undefined;
  return { codec: 'ZSTD', compressors: { ZSTD: (bytes: Uint8Array) => compress(bytes) } } as const;
}

/** Writes what was encoded, and makes room. */
async function drain(bytes: ByteWriter, file: FileHandle): Promise<void> {
  await file.writeFile(bytes.getBytes());
  bytes.index = 0;
}
