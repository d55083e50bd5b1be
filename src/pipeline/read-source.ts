import path from 'node:path';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { FileFailure } from './file-failures.ts';
import { mistake } from './file-failures.ts';
import { decodeSource, SourceText } from './source.ts';

/** The bytes of the file at an absolute path; rejects as `node:fs/promises` does. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

export interface SourceOptions {
  readonly root: string;
  /** Absolute, or relative to the root. */
  readonly file: string;
  readonly readFile: ReadFile;
}

/** Reads a file that people write: its text, or the one reason why it cannot be read. */
export async function readSource({
  root,
  file,
  readFile,
}: SourceOptions): Promise<Result<SourceText, FileFailure>> {
  const absolute = path.resolve(root, file);
  const shown = relativePath(root, absolute);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(absolute);
  } catch (cause) {
    return failed({ ...unreadable(shown, cause), cause });
  }
  const source = decodeSource(shown, bytes);
  return source instanceof SourceText ? success(source) : failed(source);
}

/** For messages and records: relative to the root, with `/`; as it is when it is not under the root. */
export function relativePath(root: string, absolute: string): string {
  const relative = path.relative(path.resolve(root), absolute);
  if (relative === '' || relative.startsWith('..') || path.isAbsolute(relative)) return absolute;
  return relative.split(path.sep).join('/');
}

function unreadable(file: string, cause: unknown): FileFailure {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return mistake('pipeline-file-missing', `there is no file ${file}`, { file });
  if (code === 'EISDIR') return mistake('pipeline-file-missing', `${file} is a folder`, { file });
  const why = cause instanceof Error ? cause.message : String(cause);
  return {
    ...mistake('pipeline-file-unreadable', `${file} cannot be read: ${why}`, { file }),
    kind: 'world',
  };
}
