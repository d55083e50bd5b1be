import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { Digest, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { StoreFailure } from '../failures.ts';
import { ioFailed, objectMissing } from '../failures.ts';
import type { ListOptions, ObjectFacts, ObjectPage, Objects, StoredObject } from '../objects.ts';
import { isCode } from '../stores/leftovers.ts';
import { compareBytes, pageSize } from './page.ts';
import { writeComplete } from './write-complete.ts';

/** A folder: keys are paths in it. What is being written has a name that starts with a dot, and is not listed. */
export function openFileObjects(folder: string): Objects {
  const pathOf = (key: string): string => {
    const parts = key.split('/');
    if (parts.some((part) => part === '' || part.startsWith('.') || /[\0\\]/.test(part)))
      throw new TypeError(`${JSON.stringify(key)} is no key of a folder`);
    return join(folder, ...parts);
  };
  const attempt = async <T>(doing: string, work: () => Promise<T>): Promise<Result<T, StoreFailure>> => {
    try {
      return success(await work());
    } catch (error) {
      return failed(ioFailed(doing, error));
    }
  };
  const reading = async <T>(
    key: string,
    work: (path: string) => Promise<T>,
  ): Promise<Result<T, StoreFailure>> => {
    const path = pathOf(key);
    try {
      return success(await work(path));
    } catch (error) {
      return failed(
        isCode(error, 'ENOENT', 'ENOTDIR') ? objectMissing(key) : ioFailed(`read ${path}`, error),
      );
    }
  };
  const write = async (
    key: string,
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<Result<void, StoreFailure>> => {
    const path = pathOf(key);
    return await attempt(`write ${path}`, () => writeComplete(path, bytes));
  };
  return {
    list: (options = {}) => attempt(`list ${folder}`, () => listFolder(folder, options)),
    head: (key) => {
      const path = pathOf(key);
      return attempt(`look at ${path}`, () => factsOf(path));
    },
    get: (key) => reading<Uint8Array>(key, (path) => readFile(path)),
    getFile: (key, target) =>
      reading(key, async (path) => {
        await stat(path);
        await writeComplete(target, createReadStream(path));
      }),
    put: (key, bytes) => write(key, [bytes]),
    putFile: (key, path, digest) => write(key, partsOf(path, digest)),
    remove: (key) => {
      const path = pathOf(key);
      return attempt(`remove ${path}`, () => rm(path, { force: true }));
    },
    move: (key, to, { mark }) =>
      reading(key, async (path) => {
        if ((await factsOf(path))?.mark !== mark) return 'changed';
        const target = pathOf(to);
        await mkdir(dirname(target), { recursive: true });
        await rename(path, target);
        return 'moved';
      }),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function listFolder(folder: string, { prefix = '', after = '' }: ListOptions): Promise<ObjectPage> {
  let names: string[];
  try {
    names = await readdir(folder, { recursive: true });
  } catch (error) {
    if (isCode(error, 'ENOENT')) return { objects: [], isCut: false };
    throw error;
  }
  const keys = names
    .map((name) => name.split(sep).join('/'))
    .filter((key) => key.startsWith(prefix) && !/(^|\/)\./.test(key) && compareBytes(key, after) > 0)
    .sort(compareBytes);
  const objects: StoredObject[] = [];
  for (const key of keys) {
    const facts = await stat(join(folder, key)).catch(() => undefined);
    if (facts === undefined || !facts.isFile()) continue;
    if (objects.length === pageSize) return { objects, isCut: true };
    objects.push({ key, bytes: facts.size, modified: facts.mtimeMs });
  }
  return { objects, isCut: false };
}

async function factsOf(path: string): Promise<ObjectFacts | undefined> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    return { bytes: size, mark: `${ino} ${mtimeMs}` };
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** Opened when it is asked for its first part: a stream that nobody reads yet has nobody to tell of a failure. */
async function* partsOf(path: string, digest: Digest | undefined): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) {
    hash.update(part as Uint8Array);
    yield part as Uint8Array;
  }
  if (digest !== undefined && `sha256:${hash.digest('hex')}` !== digest)
    throw new Error(`${path} changed while it was read`);
}
