import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Record<string, string> }>>;
}

it.each(['package-lock.json', 'actions/site/package-lock.json'])(
  '%s names the native packages of every platform: `npm ci` refuses it on all of them otherwise',
  async (file) => {
    const { packages } = JSON.parse(await readFile(join(root, file), 'utf8')) as LockFile;
    const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')));
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !names.has(name))
        .map((name) => `${path} wants ${name}`),
    );
    expect(missing).toEqual([]);
  },
);
