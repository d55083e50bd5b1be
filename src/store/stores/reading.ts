import type { Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { StoreFailure } from '../failures.ts';
import type { Blob, Store } from '../store.ts';
import type { FileStore } from './file.ts';

/**
 * A shared store for a machine that may read there and not write: what it makes stays in a folder of its own, where it also
 * looks first. A shared store that cannot be asked is as good as an empty one until something is wanted of it.
 */
export function readingStore(shared: Store, own: FileStore): Store {
  const through = async <T>(
    read: (store: Store) => Promise<Result<T, StoreFailure>>,
  ): Promise<Result<T, StoreFailure>> => {
    const here = await read(own);
    const elsewhere = !here.ok && ['store-blob-missing', 'store-blob-corrupted'].includes(here.failure.code);
    return elsewhere ? await read(shared) : here;
  };
  return {
    isShared: true,
    keepsToItself: true,
    check: async () => success(undefined),
    putFile: (path): Promise<Result<Blob, StoreFailure>> => own.putFile(path),
    putBytes: (bytes): Promise<Result<Blob, StoreFailure>> => own.putBytes(bytes),
    has: async (digest) => (await own.has(digest)) || (await shared.has(digest)),
    read: (digest) => through((store) => store.read(digest)),
    verify: (digest) => through((store) => store.verify(digest)),
    copyTo: (digest, path) => through((store) => store.copyTo(digest, path)),
    remove: (digest) => own.remove(digest),
  };
}
