import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Failure } from '../../base/index.ts';
import { initUnwritable } from './failures.ts';
import type { InitFile } from './init-file.ts';
import type { FileToWrite } from './project-files.ts';

/** A file with what is to become of it. */
export interface Draft extends InitFile {
  readonly content?: string | Uint8Array;
}

/** What becomes of a file that should be there. */
export async function settle(file: FileToWrite, root: string, force: boolean): Promise<Draft> {
  const { path, content } = file;
  const text = typeof content === 'string' ? { text: content } : {};
  const there = await readFile(join(root, path)).catch(() => undefined);
  if (there === undefined) return { path, what: 'created', content, ...text };
  if (there.equals(Buffer.from(content))) return { path, what: 'same' };
  return force ? { path, what: 'replaced', content, ...text } : { path, what: 'kept' };
}

export async function writeAll(files: readonly Draft[], root: string): Promise<Failure | undefined> {
  for (const { path, content, text, what } of files) {
    if (what === 'same' || what === 'kept') continue;
    const bytes = content ?? text;
    if (bytes === undefined) continue;
    try {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), bytes, what === 'created' ? { flag: 'wx' } : {});
    } catch (error) {
      return initUnwritable(path, error);
    }
  }
  return undefined;
}
