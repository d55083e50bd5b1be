import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open, readFile, rename, rm } from 'node:fs/promises';
import * as zlib from 'node:zlib';
import type { LabelLine, PredictionLogLine, VersionLine } from '../line.ts';
import { parquetEnding, partialEnding, sealedEnding } from '../segment-name.ts';
import type { Lined, SegmentColumns } from './columns.ts';
import { answerColumns, labelColumns } from './columns.ts';

/** Rows in memory at a time, and of a group in the file. */
const groupRows = 8192;

/** Writes a complete segment as Parquet, beside it; the file appears complete, or not at all. */
export async function convertSegment(path: string): Promise<void> {
  const { ParquetWriter, ByteWriter } = await import('hyparquet-writer');
  // A segment is as large as its limit, some 16 MiB: it fits.
  const text = await readFile(path + sealedEnding, 'utf8');
  const facts = firstLook(text);
  const temporary = `${path}${parquetEnding}.${randomBytes(6).toString('hex')}${partialEnding}`;
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
    for (const rows of groupsOf(text, facts.kind)) {
      const columnData = facts.columns.columns.map(({ name, read, ...how }) => ({
        name,
        data: rows.map(read),
        ...how,
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

function firstLook(text: string): SegmentFacts {
  const versions: VersionLine[] = [];
  const labels: Pick<LabelLine, 'label'>[] = [];
  let dropped = 0;
  for (const line of linesOf(text)) {
    // Answers are most of a segment; they are parsed once, later.
    if (line.startsWith('{"kind":"answer"')) continue;
    const parsed = parseLine(line);
    if (parsed?.kind === 'version') versions.push(parsed);
    else if (parsed?.kind === 'label') labels.push({ label: parsed.label });
    else if (parsed?.kind === 'gap') dropped += parsed.dropped;
  }
  return labels.length > 0
    ? { kind: 'label', columns: labelColumns(labels as LabelLine[]), versions, dropped }
    : { kind: 'answer', columns: answerColumns(versions), versions, dropped };
}

function* groupsOf(text: string, kind: SegmentFacts['kind']): Iterable<Lined[]> {
  let rows: Lined[] = [];
  for (const line of linesOf(text)) {
    const parsed = parseLine(line);
    if (parsed?.kind !== kind) continue;
    rows.push(parsed as Lined);
    if (rows.length < groupRows) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

/** Only lines that are whole. */
function* linesOf(text: string): Iterable<string> {
  for (let start = 0; ; ) {
    const end = text.indexOf('\n', start);
    if (end < 0) return;
    yield text.slice(start, end);
    start = end + 1;
  }
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
