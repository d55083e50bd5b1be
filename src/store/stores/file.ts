import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Digest, Result } from '../../base/index.ts';
import { digestOfBytes, failed, isDigest, success } from '../../base/index.ts';
import type { StoreFailure } from '../failures.ts';
import { blobCorrupted, blobMissing, ioFailed, sourceMissing } from '../failures.ts';
import type { Blob, Store } from '../store.ts';
import { isCode, sweepLeftovers, temporaryName } from './leftovers.ts';

/**
 * A folder: `sha256/ab/cdef…` holds the bytes as read-only files, `tmp/` what is being written, `corrupted/` what was
 * found damaged. A write makes a complete, synced file in `tmp/` and renames it, so that a file in `sha256/` was whole
 * when it appeared; a killed writer leaves only a file in `tmp/`, which a later opening sweeps.
 */
export async function openFileStore(folder: string): Promise<FileStore> {
  await sweepLeftovers(join(folder, 'tmp'));
  return new FileStore(folder);
}

export class FileStore implements Store {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  path(digest: Digest): string {
    if (!isDigest(digest)) throw new TypeError(`${JSON.stringify(digest)} is not a digest`);
    const hex = digest.slice('sha256:'.length);
    return join(this.#folder, 'sha256', hex.slice(0, 2), hex.slice(2));
  }

  async putFile(path: string): Promise<Result<Blob, StoreFailure>> {
    try {
      if (!(await stat(path)).isFile()) return failed(sourceMissing(path));
    } catch (error) {
      return failed(
        isCode(error, 'ENOENT', 'ENOTDIR') ? sourceMissing(path) : ioFailed(`read ${path}`, error),
      );
    }
    return this.#put(`store ${path}`, async (temporary) => {
      await copyFile(path, temporary, constants.COPYFILE_FICLONE);
      // The copy is hashed, not the source, which somebody may be changing.
      return await digestOfFile(temporary);
    });
  }

  async putBytes(bytes: Uint8Array | string): Promise<Result<Blob, StoreFailure>> {
    const data = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    return this.#put(`store ${data.byteLength} bytes`, async (temporary) => {
      await writeFile(temporary, data);
      return { digest: digestOfBytes(data), bytes: data.byteLength };
    });
  }

  async has(digest: Digest): Promise<boolean> {
    return stat(this.path(digest)).then(
      (found) => found.isFile(),
      () => false,
    );
  }

  async read(digest: Digest): Promise<Result<Uint8Array, StoreFailure>> {
    return this.#verified(digest, async (blob) => {
      const bytes = await readFile(blob);
      return { digest: digestOfBytes(bytes), value: bytes };
    });
  }

  async verify(digest: Digest): Promise<Result<void, StoreFailure>> {
    return this.#verified(digest, async (blob) => ({
      digest: (await digestOfFile(blob)).digest,
      value: undefined,
    }));
  }

  async copyTo(digest: Digest, path: string): Promise<Result<void, StoreFailure>> {
    try {
      await mkdir(dirname(path), { recursive: true });
      await mkdir(join(this.#folder, 'tmp'), { recursive: true });
    } catch (error) {
      return failed(ioFailed(`write ${path}`, error));
    }
    const copied = await this.#copyThrough(join(this.#folder, 'tmp', temporaryName()), digest, path);
    // Another file system than the store's: then the temporary file has to stand beside the target.
    if (copied.ok || !isCode(copied.failure.cause, 'EXDEV')) return copied;
    return this.#copyThrough(join(dirname(path), `.${temporaryName()}.tmp`), digest, path);
  }

  async remove(digest: Digest): Promise<Result<void, StoreFailure>> {
    try {
      await rm(this.path(digest), { force: true });
      return success(undefined);
    } catch (error) {
      return failed(ioFailed(`remove ${digest}`, error));
    }
  }

  /**
   * Takes what somebody writes into a file that is not there yet, when it is what the digest says. Else it goes to
   * `corrupted/`, and its new path comes back.
   */
  async receive(
    digest: Digest,
    write: (path: string) => Promise<Result<void, StoreFailure>>,
  ): Promise<Result<{ readonly aside?: string }, StoreFailure>> {
    const temporary = join(this.#folder, 'tmp', temporaryName());
    try {
      await mkdir(dirname(temporary), { recursive: true });
      const written = await write(temporary);
      if (!written.ok) return written;
      if ((await digestOfFile(temporary)).digest === digest) {
        await this.#publish(temporary, this.path(digest));
        return success({});
      }
      const aside = this.#asidePath(digest);
      await mkdir(dirname(aside), { recursive: true });
      await rename(temporary, aside);
      return success({ aside });
    } catch (error) {
      return failed(ioFailed(`keep ${digest}`, error));
    } finally {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  async #copyThrough(temporary: string, digest: Digest, path: string): Promise<Result<void, StoreFailure>> {
    try {
      return await this.#verified(digest, async (blob) => {
        await rm(temporary, { force: true });
        await copyFile(blob, temporary, constants.COPYFILE_FICLONE);
        const copy = await digestOfFile(temporary);
        if (copy.digest === digest) {
          await chmod(temporary, 0o644);
          await rename(temporary, path);
        }
        return { digest: copy.digest, value: undefined };
      });
    } finally {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  /** Writes through a temporary file. Tries again when somebody swept it away or removed the folder meanwhile. */
  async #put(
    doing: string,
    write: (temporary: string) => Promise<Blob>,
  ): Promise<Result<Blob, StoreFailure>> {
    for (let attempt = 1; ; attempt++) {
      const temporary = join(this.#folder, 'tmp', temporaryName());
      try {
        await mkdir(dirname(temporary), { recursive: true });
        const blob = await write(temporary);
        await this.#publish(temporary, this.path(blob.digest));
        return success(blob);
      } catch (error) {
        if (!isCode(error, 'ENOENT') || attempt === 3) return failed(ioFailed(doing, error));
      } finally {
        await rm(temporary, { force: true }).catch(() => undefined);
      }
    }
  }

  async #publish(temporary: string, blob: string): Promise<void> {
    await chmod(temporary, 0o600);
    await sync(temporary);
    await chmod(temporary, 0o444);
    await mkdir(dirname(blob), { recursive: true });
    try {
      await rename(temporary, blob);
    } catch (error) {
      // Windows does not replace a read-only or open file. What is there has the same name, so it is as good.
      if (
        !isCode(error, 'EPERM', 'EACCES', 'EBUSY') ||
        !(await stat(blob).catch(() => undefined))?.isFile()
      ) {
        throw error;
      }
    }
    await syncFolder(dirname(blob));
  }

  /** Runs a reader on the blob and lets its value out only when the digest of what it read is right. */
  async #verified<T>(
    digest: Digest,
    read: (blob: string) => Promise<{ readonly digest: Digest; readonly value: T }>,
  ): Promise<Result<T, StoreFailure>> {
    const blob = this.path(digest);
    for (let attempt = 1; ; attempt++) {
      try {
        const seen = await read(blob);
        if (seen.digest === digest) return success(seen.value);
        const aside = await this.#moveAside(digest);
        // Somebody mended the blob between our look and our move: look again.
        if (aside === undefined && attempt < 3) continue;
        return failed(blobCorrupted(digest, aside ?? blob));
      } catch (error) {
        if (isCode(error, 'ENOENT', 'ENOTDIR') && !(await this.has(digest)))
          return failed(blobMissing(digest));
        return failed(ioFailed(`read ${digest}`, error));
      }
    }
  }

  #asidePath(digest: Digest): string {
    return join(this.#folder, 'corrupted', `${digest.slice('sha256:'.length)}-${temporaryName()}`);
  }

  /** Where the damaged bytes went, or `undefined` when they are sound after all and were put back. */
  async #moveAside(digest: Digest): Promise<string | undefined> {
    const aside = this.#asidePath(digest);
    await mkdir(dirname(aside), { recursive: true });
    try {
      await rename(this.path(digest), aside);
    } catch (error) {
      if (isCode(error, 'ENOENT')) return undefined;
      throw error;
    }
    if ((await digestOfFile(aside)).digest !== digest) return aside;
    await rename(aside, this.path(digest));
    return undefined;
  }
}

async function digestOfFile(path: string): Promise<Blob> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Uint8Array);
    bytes += (chunk as Uint8Array).byteLength;
  }
  return { digest: `sha256:${hash.digest('hex')}` as Digest, bytes };
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a rename last through a loss of power. Windows cannot open folders; there the file's own sync must do. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    if (!isCode(error, 'EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP')) throw error;
  }
}
