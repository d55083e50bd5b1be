import { existsSync } from 'node:fs';

/** A file of this package by its path from the package's root, wherever the code that asks was bundled to. */
export function packageFile(path: string): URL {
  let folder = new URL('./', import.meta.url);
  while (!existsSync(new URL('package.json', folder))) {
    const above = new URL('../', folder);
    if (above.href === folder.href) throw new Error(`${import.meta.url} is in no package`);
    folder = above;
  }
  return new URL(path, folder);
}
