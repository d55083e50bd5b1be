import { constants, fstatSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openEnding, sealedEnding } from './segment-name.ts';

/** A file of lines that grows. What was appended is in the operating system's hands: it outlives the process. */
export interface Segment {
  /** Without an ending. */
  readonly path: string;
  readonly openedAt: number;
  readonly bytes: number;
  /** What was described in it already. */
  readonly described: Set<unknown>;
  append(text: string): Promise<void>;
  /** Waits until the disk has it: it outlives a loss of power. */
  sync(): Promise<void>;
  /** No more lines: the file gets its last name, at once and complete. */
  seal(): Promise<void>;
  /** Closes after a failure: cuts what was written in part, and seals when that is possible. */
  abandon(): Promise<boolean>;
}

export class FileIsGone extends Error {
  constructor(path: string) {
    super(`${path} was removed while it was written`);
  }
}

export async function openSegment(path: string, openedAt: number): Promise<Segment> {
  await mkdir(dirname(path), { recursive: true, mode: 0o750 });
  const { O_CREAT, O_EXCL, O_WRONLY, O_APPEND } = constants;
  const file = await open(path + openEnding, O_CREAT | O_EXCL | O_WRONLY | O_APPEND, 0o640);
  return new FileSegment(path, openedAt, file);
}

class FileSegment implements Segment {
  readonly path: string;
  readonly openedAt: number;
  readonly described: Set<unknown> = new Set();
  readonly #file: FileHandle;
  #bytes = 0;

  constructor(path: string, openedAt: number, file: FileHandle) {
    this.path = path;
    this.openedAt = openedAt;
    this.#file = file;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async append(text: string): Promise<void> {
    const bytes = Buffer.from(text, 'utf8');
    let written = 0;
    while (written < bytes.length) written += (await this.#file.write(bytes, written)).bytesWritten;
    // A file without a name takes everything and keeps nothing.
    if (fstatSync(this.#file.fd).nlink === 0) throw new FileIsGone(this.path);
    this.#bytes += bytes.length;
  }

  async sync(): Promise<void> {
    await this.#file.datasync();
  }

  async seal(): Promise<void> {
    await this.#file.datasync();
    await this.#file.close();
    await rename(this.path + openEnding, this.path + sealedEnding);
  }

  async abandon(): Promise<boolean> {
    try {
      await this.#file.truncate(this.#bytes);
      await this.seal();
      return this.#bytes > 0;
    } catch {
      await this.#file.close().catch(() => undefined);
      return false;
    }
  }
}
