import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { WriterId } from './segment-name.ts';
import {
  isDead,
  openEnding,
  parquetEnding,
  parseSegmentPath,
  partialEnding,
  sealedEnding,
  segmentFile,
} from './segment-name.ts';

export interface RecoverOptions {
  /** Of a model in the log. */
  readonly folder: string;
  /** In whose name segments are taken over: nobody else touches them then. */
  readonly adopter: WriterId;
  /** How many it took over already. */
  readonly adopted: number;
  /** Whether a segment that is Parquet is in its place; else its lines still have to go somewhere. */
  readonly isParquetDone: boolean;
  /** After this many milliseconds without a write nobody writes to a segment any more, on whatever host. */
  readonly staleMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Only days from this one on, `2026/11/19`; without it all. */
  readonly since?: string;
}

/**
 * Takes over what dead processes left, and gives the paths of it without endings: whoever renames a segment first has it.
 * A line that broke off is cut.
 */
export async function recoverSegments(options: RecoverOptions): Promise<readonly string[]> {
  const { folder, since, staleMs, now } = options;
  const found: string[] = [];
  for (const path of await segmentFiles(folder, since)) {
    const file = join(folder, path);
    const name = parseSegmentPath(path);
    if (name === undefined) continue;
    try {
      const ending = [openEnding, sealedEnding, partialEnding].find((each) => path.endsWith(each));
      if (ending === undefined) continue;
      if (!isDead(name.writer) && now() - (await stat(file)).mtimeMs <= staleMs) continue;
      if (ending === partialEnding) {
        await rm(file);
        continue;
      }
      const base = file.slice(0, -ending.length);
      if (ending === sealedEnding && (await wasConverted(base, options))) continue;
      const { adopter, adopted } = options;
      const own = join(dirname(file), segmentFile(name.hour, adopter, adopted + found.length + 1));
      await rename(file, own + ending);
      if (ending === sealedEnding || (await seal(own))) found.push(own);
    } catch (error) {
      // Another process was faster.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return found;
}

/** Whether only its lines were left over; Parquet that was not brought anywhere is made again. */
async function wasConverted(base: string, { isParquetDone }: RecoverOptions): Promise<boolean> {
  if ((await stat(base + parquetEnding).catch(() => undefined)) === undefined) return false;
  await rm(base + (isParquetDone ? sealedEnding : parquetEnding), { force: true });
  return isParquetDone;
}

/** Whether there is something in it. */
async function seal(base: string): Promise<boolean> {
  const file = await open(base + openEnding, 'r+');
  let end: number;
  try {
    end = await endOfLines(file);
    await file.truncate(end);
    await file.datasync();
  } finally {
    await file.close();
  }
  if (end === 0) await rm(base + openEnding, { force: true });
  else await rename(base + openEnding, base + sealedEnding);
  return end > 0;
}

const lineFeed = 10;

/** Where the last line that is whole ends. */
async function endOfLines(file: Awaited<ReturnType<typeof open>>): Promise<number> {
  const { size } = await file.stat();
  const part = Buffer.alloc(Math.min(size, 1 << 16));
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - part.length);
    const { bytesRead } = await file.read(part, 0, end - start, start);
    const at = part.subarray(0, bytesRead).lastIndexOf(lineFeed);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

/** Files below the days of a model, and of its feedback, as paths from the folder. */
export async function segmentFiles(folder: string, since?: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const kind of ['', 'feedback/']) {
    for (const year of await names(join(folder, kind), /^\d{4}$/)) {
      for (const month of await names(join(folder, kind, year), /^\d\d$/)) {
        for (const day of await names(join(folder, kind, year, month), /^\d\d$/)) {
          const date = `${year}/${month}/${day}`;
          if (since !== undefined && date < since) continue;
          const inDay = await names(join(folder, kind, date), /./);
          files.push(...inDay.map((name) => `${kind}${date}/${name}`));
        }
      }
    }
  }
  return files;
}

async function names(folder: string, pattern: RegExp): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => pattern.test(name)).sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
