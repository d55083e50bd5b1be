import type { Digest, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Depot } from '../depot.ts';
import type { StoreFailure } from '../failures.ts';
import { blobMissing } from '../failures.ts';
import type { Objects } from '../objects.ts';

/**
 * A bucket below a prefix: `sha256/ab/cdef…` holds the bytes, as a folder does, and `corrupted/` what was found damaged. The
 * digest is in the metadata of each object and, up to 16 MiB, compared by the service with what it was sent.
 */
export function bucketDepot(name: string, objects: Objects): Depot {
  return {
    name,
    check: async () => {
      const listed = await objects.list({ prefix: 'sha256/00/' });
      return listed.ok ? success(undefined) : listed;
    },
    holds: async (digest, bytes) => {
      const facts = await objects.head(keyOf(digest));
      if (!facts.ok) return facts;
      if (facts.value === undefined || bytes === undefined) return success(facts.value !== undefined);
      return success(facts.value.bytes === bytes && facts.value.digest === digest);
    },
    fetch: async (digest, path) => {
      const fetched = await patiently(() => objects.getFile(keyOf(digest), path));
      if (fetched.ok || fetched.failure.code !== 'store-object-missing') return fetched;
      return failed(blobMissing(digest));
    },
    send: (digest, path) => objects.putFile(keyOf(digest), path, digest),
    remove: (digest) => objects.remove(keyOf(digest)),
    setAside: async (digest, as) => {
      const key = keyOf(digest);
      const facts = await objects.head(key);
      if (!facts.ok) return facts;
      if (facts.value === undefined) return success(undefined);
      const moved = await objects.move(key, `corrupted/${digest.slice('sha256:'.length)}-${as}`, facts.value);
      if (!moved.ok) return moved;
      return success(moved.value === 'moved' ? `${name}/corrupted/` : undefined);
    },
  };
}

function keyOf(digest: Digest): string {
  const hex = digest.slice('sha256:'.length);
  return `sha256/${hex.slice(0, 2)}/${hex.slice(2)}`;
}

/** The SDK tries requests again, but not a body that breaks off. */
async function patiently(
  get: () => Promise<Result<void, StoreFailure>>,
): Promise<Result<void, StoreFailure>> {
  for (let attempt = 1; ; attempt++) {
    const got = await get();
    if (got.ok || attempt === 3 || got.failure.code !== 'store-objects-unreachable') return got;
    if (isAnswered(got.failure.cause)) return got;
  }
}

/** Errors of requests say how often these were tried. */
function isAnswered(cause: unknown): boolean {
  return cause instanceof Error && '$metadata' in cause;
}
