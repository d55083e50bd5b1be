import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GitContext } from './context.ts';
import type { GitFailure } from './failures.ts';
import { readObjects } from './objects.ts';
import type { ReadEachOptions, TreeFile, VisitFile } from './repository.ts';

/**
 * Shows the contents of files to a visitor, one after the other and in their order, in memory for about one of them.
 * By the command where it is there; where it stops in the middle, the library goes on from there.
 */
export async function readEach(
  context: GitContext,
  files: readonly TreeFile[],
  { limitBytes }: ReadEachOptions,
  visit: VisitFile,
): Promise<Result<void, GitFailure>> {
  if (files.length === 0) return success(undefined);
  const batch = new BatchReader(files, limitBytes, visit);
  const input = `${files.map((file) => file.blob).join('\n')}\n`;
  await context.system.stream(['cat-file', '--batch', '--buffer'], input, (chunk) => batch.take(chunk));
  for (let i = batch.done; i < files.length; i++) {
    const read = await readObjects(context, [files[i]!.blob]);
    if (!read.ok && read.failure.code !== 'git-object-missing') return failed(read.failure);
    if (!read.ok) visit(files[i]!, { kind: 'missing' });
    else if (read.value[0]!.bytes.length > limitBytes) visit(files[i]!, { kind: 'too-large' });
    else visit(files[i]!, { kind: 'read', bytes: Buffer.from(read.value[0]!.bytes) });
  }
  return success(undefined);
}

const lineFeed = 10;

/** Takes the output of `git cat-file --batch` apart: a line `<id> <type> <size>`, so many bytes, and a line feed. */
class BatchReader {
  /** Files that were shown. */
  done = 0;
  readonly #files: readonly TreeFile[];
  readonly #limitBytes: number;
  readonly #visit: VisitFile;
  /** What came of something that is not complete yet: of a header, or of the contents of a file. */
  #held: Buffer = Buffer.alloc(1 << 16);
  #heldBytes = 0;
  /** Of the file that is being read, with the line feed behind it; `undefined` while its header is. */
  #size: number | undefined;
  #skipped = 0;
  #broken = false;

  constructor(files: readonly TreeFile[], limitBytes: number, visit: VisitFile) {
    this.#files = files;
    this.#limitBytes = limitBytes;
    this.#visit = visit;
  }

  take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.#broken && this.done < this.#files.length) {
      at = this.#size === undefined ? this.#takeHeader(chunk, at) : this.#takeContents(chunk, at, this.#size);
    }
  }

  #takeHeader(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(lineFeed, at);
    const upTo = end < 0 ? chunk.length : end;
    if (this.#heldBytes + upTo - at > 4_096) {
      this.#broken = true;
      return chunk.length;
    }
    this.#hold(chunk, at, upTo);
    if (end < 0) return upTo;
    const header = this.#held.toString('latin1', 0, this.#heldBytes);
    this.#heldBytes = 0;
    const blob = /^[0-9a-f]{40} (blob|tree|commit|tag) ([0-9]{1,15})$/.exec(header);
    if (blob !== null) {
      this.#size = Number(blob[2]) + 1;
      this.#skipped = 0;
    } else if (/ missing$/.test(header)) this.#show({ kind: 'missing' });
    else this.#broken = true;
    return end + 1;
  }

  #takeContents(chunk: Buffer, at: number, size: number): number {
    if (size - 1 > this.#limitBytes) {
      const skip = Math.min(size - this.#skipped, chunk.length - at);
      this.#skipped += skip;
      if (this.#skipped === size) this.#show({ kind: 'too-large' });
      return at + skip;
    }
    const whole = this.#heldBytes === 0 && chunk.length - at >= size;
    if (whole) {
      this.#show({ kind: 'read', bytes: chunk.subarray(at, at + size - 1) });
      return at + size;
    }
    const upTo = Math.min(chunk.length, at + size - this.#heldBytes);
    this.#hold(chunk, at, upTo, size);
    if (this.#heldBytes === size) this.#show({ kind: 'read', bytes: this.#held.subarray(0, size - 1) });
    return upTo;
  }

  #hold(chunk: Buffer, from: number, to: number, expected = 0): void {
    const needed = Math.max(expected, this.#heldBytes + to - from);
    if (needed > this.#held.length) {
      const larger = Buffer.alloc(2 * needed);
      this.#held.copy(larger, 0, 0, this.#heldBytes);
      this.#held = larger;
    }
    chunk.copy(this.#held, this.#heldBytes, from, to);
    this.#heldBytes += to - from;
  }

  #show(seen: Parameters<VisitFile>[1]): void {
    const file = this.#files[this.done]!;
    this.done++;
    this.#size = undefined;
    this.#heldBytes = 0;
    this.#visit(file, seen);
  }
}
