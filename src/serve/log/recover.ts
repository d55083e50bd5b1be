import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDead, openEnding, parseSegmentPath, sealedEnding } from './segment-name.ts';

export interface RecoverOptions {
  /** Of a model in the log. */
  readonly folder: string;
  /** After this many milliseconds without a write nobody writes to a segment any more, on whatever host. */
  readonly staleMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Only days from this one on, `2026/11/19`; without it all. */
  readonly since?: string;
}

/**
 * Completes what dead processes left: cuts a line that broke off, and gives the segment its name. Returns the paths of all
 * complete segments that their writers will not bring anywhere, without endings; one that was brought already may be among them. Several processes may do it at once.
 */
export async function recoverSegments(options: RecoverOptions): Promise<readonly string[]> {
  const { folder, since, staleMs, now } = options;
  const found: string[] = [];
  for (const path of await segmentFiles(folder, since)) {
    const name = parseSegmentPath(path);
    const isOpen = path.endsWith(openEnding);
    if (name === undefined || !(isOpen || path.endsWith(sealedEnding))) continue;
    const file = join(folder, path);
    try {
      if (!isDead(name.writer) && now() - (await stat(file)).mtimeMs < staleMs) continue;
      const base = file.slice(0, -(isOpen ? openEnding : sealedEnding).length);
      if (isOpen && !(await seal(base))) continue;
      found.push(base);
    } catch (error) {
      // Another process was faster.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return found.sort();
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
