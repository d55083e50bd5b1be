import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import * as zlib from 'node:zlib';
import type { GapLine, LabelLine, PredictionLogLine, VersionLine } from '../line.ts';
import { parquetEnding, sealedEnding } from '../segment-name.ts';
import type { Lined, SegmentColumns } from './columns.ts';
import { answerColumns, labelColumns } from './columns.ts';

/** Rows in memory at a time, and of a group in the file. */
const groupRows = 8192;

/** Writes a complete segment as Parquet, beside it; the file appears complete, or not at all. */
export async function convertSegment(path: string): Promise<void> {
  const { ParquetWriter, ByteWriter } = await import('hyparquet-writer');
  const facts = await firstLook(path + sealedEnding);
  const temporary = `${path}${parquetEnding}.partial`;
  await rm(temporary, { force: true });
  const file = await open(temporary, 'wx', 0o640);
  try {
    const bytes = new ByteWriter();
    const codec = zstd === undefined ? ({ codec: 'SNAPPY' } as const) : zstd;
    const writer = new ParquetWriter({
      writer: bytes,
      schema: facts.columns.schema,
      ...codec,
      createdBy: 'trainyard',
      kvMetadata: [
        { key: 'trainyard.log', value: JSON.stringify({ v: 1, kind: facts.kind, dropped: facts.dropped }) },
        { key: 'trainyard.versions', value: JSON.stringify(facts.versions) },
      ],
    });
    for await (const rows of groupsOf(path + sealedEnding, facts.kind)) {
      const columnData = facts.columns.columns.map(({ name, read }) => ({
        name,
        data: rows.map(read),
      }));
      writer.write({ columnData, rowGroupSize: groupRows });
      await drain(bytes, file);
    }
    writer.finish();
    await drain(bytes, file);
    await file.datasync();
    await file.close();
    await rename(temporary, path + parquetEnding);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}

/** zstd where this Node has it: smaller, and faster than a Snappy in JavaScript. */
const zstd = zstdOf((zlib as { zstdCompressSync?: (bytes: Uint8Array) => Uint8Array }).zstdCompressSync);

function zstdOf(compress: ((bytes: Uint8Array) => Uint8Array) | undefined) {
  if (compress === undefined) return undefined;
  return { codec: 'ZSTD', compressors: { ZSTD: (bytes: Uint8Array) => compress(bytes) } } as const;
}

interface SegmentFacts {
  readonly kind: 'answer' | 'label';
  readonly columns: SegmentColumns;
  readonly versions: readonly VersionLine[];
  /** Sum of its gaps. */
  readonly dropped: number;
}

async function firstLook(file: string): Promise<SegmentFacts> {
  const versions: VersionLine[] = [];
  const labels: Pick<LabelLine, 'label'>[] = [];
  let dropped = 0;
  for await (const text of linesOf(file)) {
    // Answers are most of a segment; they are parsed once, later.
    if (text.startsWith('{"kind":"answer"')) continue;
    const line = parseLine(text);
    if (line?.kind === 'version') versions.push(line);
    else if (line?.kind === 'label') labels.push({ label: line.label });
    else if (line?.kind === 'gap') dropped += (line as GapLine).dropped;
  }
  return labels.length > 0
    ? { kind: 'label', columns: labelColumns(labels as LabelLine[]), versions, dropped }
    : { kind: 'answer', columns: answerColumns(versions), versions, dropped };
}

async function* groupsOf(file: string, kind: SegmentFacts['kind']): AsyncIterable<Lined[]> {
  let rows: Lined[] = [];
  for await (const text of linesOf(file)) {
    const line = parseLine(text);
    if (line?.kind !== kind) continue;
    rows.push(line as Lined);
    if (rows.length < groupRows) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

function linesOf(file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
}

/** `undefined` for what is no line of ours: one that broke off. */
export function parseLine(text: string): PredictionLogLine | undefined {
  if (text === '') return undefined;
  try {
    const line = JSON.parse(text) as PredictionLogLine;
    return typeof line === 'object' && line !== null && line.v === 1 ? line : undefined;
  } catch {
    return undefined;
  }
}

interface Drained {
  readonly buffer: ArrayBuffer;
  index: number;
}

/** Writes what was encoded, and makes room. */
async function drain(bytes: unknown, file: FileHandle): Promise<void> {
  const drained = bytes as Drained;
  await file.writeFile(new Uint8Array(drained.buffer, 0, drained.index));
  drained.index = 0;
}
