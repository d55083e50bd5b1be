import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/**
 * Segments of the prediction log are `<model>/<yyyy>/<mm>/<dd>/<hh>-<writer>-<n>`, those of labels the same below
 * `<model>/feedback/`; hours are of UTC. While it is written, a segment ends with `.jsonl.open`; when it is complete, with
 * `.jsonl`; as Parquet, with `.parquet`.
 */
export const openEnding = '.jsonl.open';
export const sealedEnding = '.jsonl';
export const parquetEnding = '.parquet';
/** Of Parquet that is being made. */
export const partialEnding = '.partial';

/** Who writes: host, process, and something unique, because in containers every process may be number 1. */
export type WriterId = string & { readonly brand: 'WriterId' };

/** Writers of this process that live. */
const living = new Set<string>();

export function newWriter(): WriterId {
  const id = `${thisHost()}~${process.pid}~${randomBytes(6).toString('hex')}` as WriterId;
  living.add(id);
  return id;
}

export function endWriter(writer: WriterId): void {
  living.delete(writer);
}

export interface SegmentName {
  /** `2026/11/21` */
  readonly day: string;
  /** `09` */
  readonly hour: string;
  readonly writer: string;
  readonly count: number;
}

/** The path from the folder of a model or its feedback, without an ending. */
export function segmentPath(time: number, writer: WriterId, count: number): string {
  const text = new Date(time).toISOString();
  const day = text.slice(0, 10).replaceAll('-', '/');
  return `${day}/${segmentFile(text.slice(11, 13), writer, count)}`;
}

/** The name in the folder of a day, without an ending. */
export function segmentFile(hour: string, writer: WriterId, count: number): string {
  return `${hour}-${writer}-${String(count).padStart(6, '0')}`;
}

const pattern = /(\d{4}\/\d\d\/\d\d)\/(\d\d)-([A-Za-z0-9._]+~\d+~[0-9a-f]{12})-(\d{6,})\.[a-z0-9.]+$/;

/** Of the path of a segment; `undefined` for other files. */
export function parseSegmentPath(path: string): SegmentName | undefined {
  const [, day, hour, writer, count] = pattern.exec(path.replaceAll('\\', '/')) ?? [];
  if (day === undefined) return undefined;
  return { day, hour: hour!, writer: writer!, count: Number(count) };
}

/**
 * Whether a writer certainly writes no more: its process is of this host and gone, or is this process and knows nothing
 * of it. Of other hosts nobody can tell.
 */
export function isDead(writer: string): boolean {
  const [host, pid] = writer.split('~');
  if (host !== thisHost() || living.has(writer)) return false;
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function thisHost(): string {
  return hostname().replace(/[^A-Za-z0-9.]+/g, '_') || 'host';
}
