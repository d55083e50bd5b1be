import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest, Result } from '../../base/index.ts';
import { failed, isDigest, success } from '../../base/index.ts';
import type { Depot } from '../depot.ts';
import type { StoreFailure } from '../failures.ts';
import { blobCorrupted, blobStuck } from '../failures.ts';
import type { Blob, Store } from '../store.ts';
import { keepWithin, touch } from './bounded.ts';
import { type FileStore, openFileStore } from './file.ts';
import { temporaryName } from './leftovers.ts';

export interface SharedStoreOptions {
  readonly depot: Depot;
  /** Of the cache. */
  readonly folder: string;
  /** Bytes that the cache keeps. */
  readonly limit: number;
}

/**
 * A depot that several machines share, behind a folder of this machine. Bytes are in the store when the depot holds them;
 * the folder only spares the way: what is in it is verified like everything and can be deleted at any time. A put comes back
 * when the depot has the bytes.
 */
export async function openSharedStore({ depot, folder, limit }: SharedStoreOptions): Promise<Store> {
  return new SharedStore(depot, await openFileStore(folder), folder, limit);
}

class SharedStore implements Store {
  readonly isShared = true;
  readonly #depot: Depot;
  readonly #cache: FileStore;
  readonly #folder: string;
  readonly #limit: number;
  /** What this process has seen in the depot. */
  readonly #held = new Set<Digest>();
  /** What is on its way, so that twenty who want the same wait for one. */
  readonly #sending = new Map<Digest, Promise<Result<void, StoreFailure>>>();
  readonly #fetching = new Map<Digest, Promise<Result<void, StoreFailure>>>();
  #kept = Number.POSITIVE_INFINITY;

  constructor(depot: Depot, cache: FileStore, folder: string, limit: number) {
    this.#depot = depot;
    this.#cache = cache;
    this.#folder = folder;
    this.#limit = limit;
  }

  check(): Promise<Result<void, StoreFailure>> {
    return this.#depot.check();
  }

  putFile(path: string): Promise<Result<Blob, StoreFailure>> {
    return this.#put(() => this.#cache.putFile(path));
  }

  putBytes(bytes: Uint8Array | string): Promise<Result<Blob, StoreFailure>> {
    return this.#put(() => this.#cache.putBytes(bytes));
  }

  async has(digest: Digest): Promise<boolean> {
    mustBeDigest(digest);
    if (this.#held.has(digest)) return true;
    const held = await this.#depot.holds(digest);
    if (held.ok && held.value) this.#held.add(digest);
    return held.ok && held.value;
  }

  read(digest: Digest): Promise<Result<Uint8Array, StoreFailure>> {
    return this.#through(digest, () => this.#cache.read(digest));
  }

  verify(digest: Digest): Promise<Result<void, StoreFailure>> {
    return this.#through(digest, () => this.#cache.verify(digest));
  }

  copyTo(digest: Digest, path: string): Promise<Result<void, StoreFailure>> {
    return this.#through(digest, () => this.#cache.copyTo(digest, path));
  }

  async remove(digest: Digest): Promise<Result<void, StoreFailure>> {
    mustBeDigest(digest);
    this.#held.delete(digest);
    const removed = await this.#depot.remove(digest);
    if (!removed.ok) return removed;
    return await this.#cache.remove(digest);
  }

  async #put(keep: () => Promise<Result<Blob, StoreFailure>>): Promise<Result<Blob, StoreFailure>> {
    await this.#keepOutOfGit();
    const kept = await keep();
    if (!kept.ok) return kept;
    const { digest } = kept.value;
    const sent = await once(this.#sending, digest, () => this.#send(kept.value));
    if (!sent.ok) return sent;
    this.#held.add(digest);
    await this.#bound(kept.value.bytes);
    return kept;
  }

  async #send({ digest, bytes }: Blob): Promise<Result<void, StoreFailure>> {
    const held = await this.#depot.holds(digest, bytes);
    if (!held.ok) return held;
    if (held.value) return success(undefined);
    return await this.#depot.send(digest, this.#cache.path(digest), bytes);
  }

  /** Reads from the cache, after it was filled where it does not have the bytes. */
  async #through<T>(
    digest: Digest,
    read: () => Promise<Result<T, StoreFailure>>,
  ): Promise<Result<T, StoreFailure>> {
    mustBeDigest(digest);
    const local = await read();
    if (local.ok) {
      await touch(this.#cache.path(digest));
      return local;
    }
    // What was damaged in the cache has been moved out of the way there; the depot has it still.
    if (!['store-blob-missing', 'store-blob-corrupted'].includes(local.failure.code)) return local;
    const fetched = await once(this.#fetching, digest, () => this.#fetch(digest));
    return fetched.ok ? await read() : fetched;
  }

  async #fetch(digest: Digest): Promise<Result<void, StoreFailure>> {
    await this.#keepOutOfGit();
    const received = await this.#cache.receive(digest, (path) => this.#depot.fetch(digest, path));
    if (!received.ok) {
      if (received.failure.code === 'store-blob-missing') this.#held.delete(digest);
      return received;
    }
    const { aside } = received.value;
    if (aside === undefined) {
      this.#held.add(digest);
      await this.#bound(0);
      return success(undefined);
    }
    this.#held.delete(digest);
    const moved = await this.#depot.setAside(digest, temporaryName());
    if (!moved.ok) return failed(blobStuck(digest, this.#depot.name, moved.failure));
    return failed(blobCorrupted(digest, moved.value ?? aside));
  }

  /** Looks through the folder at the first write of a process, and when a tenth of the limit came on top. */
  async #bound(bytes: number): Promise<void> {
    this.#kept += bytes;
    if (this.#kept < this.#limit / 10) return;
    this.#kept = 0;
    await keepWithin(this.#folder, this.#limit);
  }

  async #keepOutOfGit(): Promise<void> {
    await mkdir(this.#folder, { recursive: true }).catch(() => undefined);
    await writeFile(join(this.#folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined);
  }
}

function once<T>(going: Map<Digest, Promise<T>>, digest: Digest, work: () => Promise<T>): Promise<T> {
  const there = going.get(digest);
  if (there !== undefined) return there;
  const begun = work().finally(() => going.delete(digest));
  going.set(digest, begun);
  return begun;
}

/** A digest becomes a path and a name in a URL. */
function mustBeDigest(digest: Digest): void {
  if (!isDigest(digest)) throw new TypeError(`${JSON.stringify(digest)} is not a digest`);
}
