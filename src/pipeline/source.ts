import type { Digest, Place } from '../base/index.ts';
import { digestOfBytes } from '../base/index.ts';
import type { FileFailure } from './file-failures.ts';
import { mistake } from './file-failures.ts';

/** The text of a file, and where its lines start. */
export class SourceText {
  /** For messages: relative to the root, with `/`. */
  readonly file: string;
  readonly text: string;
  readonly digest: Digest;
  readonly #lines: readonly number[];

  constructor(file: string, text: string, digest: Digest) {
    this.file = file;
    this.text = text;
    this.digest = digest;
    const lines = [0];
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) lines.push(i + 1);
    this.#lines = lines;
  }

  /** The place of a piece of the text; the underlined part ends with its first line. */
  place(start: number, end: number): Place {
    const from = Math.min(Math.max(0, start), this.text.length);
    const line = this.#lineAt(from);
    const lineStart = this.#lines[line - 1]!;
    const lineEnd = this.#lines[line] === undefined ? this.text.length : this.#lines[line]! - 1;
    const visibleEnd = lineStart + this.text.slice(lineStart, lineEnd).trimEnd().length;
    const length = Math.max(1, Math.min(end, visibleEnd) - from);
    return { file: this.file, line, column: from - lineStart + 1, length };
  }

  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#lines.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#lines[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}

/** Of a pipeline or project file, in bytes. */
export const largestFile: number = 1024 * 1024;

/** The text of a file that must be UTF-8; a byte order mark is passed over. */
export function decodeSource(file: string, bytes: Uint8Array): SourceText | FileFailure {
  if (bytes.length > largestFile) {
    const message = `the file has ${bytes.length} bytes; at most ${largestFile} are read`;
    return mistake('pipeline-file-large', message, { file }, 'split the pipeline into several');
  }
  const digest = digestOfBytes(bytes);
  try {
    return new SourceText(file, new TextDecoder('utf-8', { fatal: true }).decode(bytes), digest);
  } catch {
    const before = new TextDecoder().decode(bytes).split('\uFFFD', 1)[0]!;
    const place = new SourceText(file, `${before}?`, digest).place(before.length, before.length + 1);
    return mistake('pipeline-file-encoding', 'the file is not UTF-8', place, 'save it as UTF-8');
  }
}
