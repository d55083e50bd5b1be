import type { Store } from '../../store/index.ts';

/** A store that shows what two hold and writes into the upper one only: the lower one stays as it is. */
export function overlayStore(upper: Store, lower: Store): Store {
  const holding = async (digest: Parameters<Store['has']>[0]): Promise<Store> =>
    (await upper.has(digest)) ? upper : lower;
  return {
    putFile: (path) => upper.putFile(path),
    putBytes: (bytes) => upper.putBytes(bytes),
    has: async (digest) => (await upper.has(digest)) || (await lower.has(digest)),
    read: async (digest) => (await holding(digest)).read(digest),
    verify: async (digest) => (await holding(digest)).verify(digest),
    copyTo: async (digest, path) => (await holding(digest)).copyTo(digest, path),
    remove: (digest) => upper.remove(digest),
  };
}
