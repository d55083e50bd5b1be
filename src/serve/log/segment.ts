import { constants, fstatSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AnswerTable, Gathering } from './answer-table.ts';
import { openEnding, sealedEnding } from './segment-name.ts';

/** A file of lines that grows. What was appended is in the operating system's hands: it outlives the process. */
export interface Segment {
  /** Without an ending. */
  readonly path: string;
  readonly openedAt: number;
  readonly bytes: number;
  /** What its lines say, as columns; absent where nobody wants that. Right as long as every append succeeded. */
  readonly table: AnswerTable | undefined;
  /** What was described in it already, with the part of the table that it has. */
  readonly described: Map<unknown, Gathering | undefined>;
  /** The lines alone count from now on. */
  dropTable(): void;
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

export interface SegmentOptions {
  /** Without an ending. */
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly openedAt: number;
  readonly table: AnswerTable | undefined;
}

export async function openSegment(options: SegmentOptions): Promise<Segment> {
  const { path } = options;
  await mkdir(dirname(path), { recursive: true, mode: 0o750 });
  const { O_CREAT, O_EXCL, O_WRONLY, O_APPEND } = constants;
  const file = await open(path + openEnding, O_CREAT | O_EXCL | O_WRONLY | O_APPEND, 0o640);
  return new FileSegment(options, file);
}

class FileSegment implements Segment {
  readonly path: string;
  readonly openedAt: number;
  readonly described: Map<unknown, Gathering | undefined> = new Map();
  readonly #file: FileHandle;
  #bytes = 0;
  #table: AnswerTable | undefined;

  constructor({ path, openedAt, table }: SegmentOptions, file: FileHandle) {
    this.path = path;
    this.openedAt = openedAt;
    this.#table = table;
    this.#file = file;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get table(): AnswerTable | undefined {
    return this.#table;
  }

  dropTable(): void {
    this.#table = undefined;
    for (const key of this.described.keys()) this.described.set(key, undefined);
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
