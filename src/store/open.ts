import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { StoreFailure } from './failures.ts';
import { schemeUnsupported, urlInvalid } from './failures.ts';
import type { Store } from './store.ts';
import { openFileStore } from './stores/file.ts';

/**
 * Opens the store that `store:` in trainyard.yaml names. `file:<path>` is a folder, relative to `root` unless it is
 * absolute; it is made by the first write.
 */
export async function openStore(
  url: string,
  where: { readonly root: string },
): Promise<Result<Store, StoreFailure>> {
  const scheme = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(url);
  if (scheme === null) return failed(urlInvalid(url));
  const [, name, rest] = scheme as unknown as [string, string, string];
  if (name.toLowerCase() !== 'file') return failed(schemeUnsupported(name.toLowerCase()));
  const folder = folderOf(url, rest);
  if (folder === undefined || folder.includes('\0')) return failed(urlInvalid(url));
  return success(await openFileStore(isAbsolute(folder) ? folder : resolve(where.root, folder)));
}

function folderOf(url: string, rest: string): string | undefined {
  if (!rest.startsWith('//')) return rest === '' ? undefined : rest;
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}
