import { isAbsolute, join, resolve } from 'node:path';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { StoreFailure } from './failures.ts';
import { accessInvalid, cacheLimitInvalid } from './failures.ts';
import type { Store } from './store.ts';
import { readStoreUrl } from './store-url.ts';
import { readSize } from './stores/bounded.ts';
import { openFileStore } from './stores/file.ts';

export interface StoreWorld {
  /** What relative folders are relative to; the cache of a shared store is in its `.trainyard/cache/store`. */
  readonly root: string;
  /**
   * Who we are to a bucket or registry, proxies, `TRAINYARD_CACHE_LIMIT`; `TRAINYARD_STORE_ACCESS=read` for one who may not
   * write there. Default: nobody, and none.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Ends what is going on with a bucket or registry. */
  readonly signal?: AbortSignal;
}

/** 10 GiB */
const defaultLimit = 10 * 2 ** 30;

/**
 * Opens the store that `store:` in trainyard.yaml names: `file:<path>`, `s3://bucket/prefix` or `oci://registry/repository`.
 * A folder is made by the first write. Nothing is asked of a bucket or registry yet: `check` does.
 */
export async function openStore(url: string, world: StoreWorld): Promise<Result<Store, StoreFailure>> {
  const place = readStoreUrl(url);
  if (!place.ok) return place;
  const { root, env = {} } = world;
  if (place.value.kind === 'folder') {
    const { folder } = place.value;
    return success(await openFileStore(isAbsolute(folder) ? folder : resolve(root, folder)));
  }
  const access = env['TRAINYARD_STORE_ACCESS'] || 'write';
  if (access !== 'read' && access !== 'write') return failed(accessInvalid(access));
  const text = env['TRAINYARD_CACHE_LIMIT'] ?? '';
  const limit = text === '' ? defaultLimit : readSize(text);
  if (limit === undefined) return failed(cacheLimitInvalid(text));
  const { openSharedStore } = await import('./stores/shared.ts');
  const depot = await openDepot(url, place.value, world);
  const cache = join(root, '.trainyard', 'cache');
  const shared = await openSharedStore({ depot, limit, folder: join(cache, 'store') });
  if (access === 'write') return success(shared);
  const { readingStore } = await import('./stores/reading.ts');
  return success(readingStore(shared, await openFileStore(join(cache, 'own'))));
}

type SharedPlace = Exclude<
  Extract<ReturnType<typeof readStoreUrl>, { ok: true }>['value'],
  { kind: 'folder' }
>;

async function openDepot(
  url: string,
  place: SharedPlace,
  { env = {}, signal }: StoreWorld,
): Promise<import('./depot.ts').Depot> {
  const name = url.replace(/\/$/, '');
  const ending = signal === undefined ? {} : { signal };
  if (place.kind === 'bucket') {
    const { bucketDepot } = await import('./depots/bucket.ts');
    const { openS3Objects } = await import('./objects/s3.ts');
    const { bucket, prefix } = place;
    return bucketDepot(name, await openS3Objects({ bucket, prefix, env, ...ending }));
  }
  const { registryDepot } = await import('./oci/depot.ts');
  const { host, repository } = place;
  return registryDepot({ name, host, repository, env, ...ending });
}
