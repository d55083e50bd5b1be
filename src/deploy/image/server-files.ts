import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Digest, Result } from '../../base/index.ts';
import { digestOfBytes, digestOfJson, failed, packageFile, success } from '../../base/index.ts';
import type { ImageFailure } from './failures.ts';
import { serverMissing } from './failures.ts';
import { healthFile, port, serverFile } from './image-paths.ts';
import type { TarEntry } from './tar.ts';

/** A package of which something is in the server. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly license: string;
}

export interface ServerFiles {
  readonly files: readonly TarEntry[];
  readonly packages: readonly BundledPackage[];
  /** Of Trainyard. */
  readonly version: string;
  /** Of the server's files: of the canonical JSON of their digests by name. */
  readonly digest: Digest;
}

/** Asks the server of the same container, with as little of Node as possible; ends with 0 when it is ready. */
const health = `import { get } from 'node:http';
const port = Number(process.env.PORT || ${port});
const request = get({ host: '127.0.0.1', port, path: '/health/ready', timeout: 2500 }, ({ statusCode }) =>
  process.exit(statusCode === 200 ? 0 : 1),
);
request.on('timeout', () => process.exit(1));
request.on('error', () => process.exit(1));
`;

/**
 * The server that belongs to this Trainyard, as the build bundled it (scripts/bundle.mjs): one file that it starts from,
 * and chunks of what only some settings need.
 */
export async function serverFiles(): Promise<Result<ServerFiles, ImageFailure>> {
  const folder = fileURLToPath(packageFile('dist/server'));
  const list = join(folder, 'packages.json');
  const own = fileURLToPath(packageFile('package.json'));
  let texts: readonly [string, string];
  let bundle: readonly (TarEntry & { readonly bytes: Buffer })[];
  try {
    texts = await Promise.all([readFile(list, 'utf8'), readFile(own, 'utf8')]);
    const names = (await readdir(folder)).filter((name) => name.endsWith('.mjs')).sort();
    bundle = await Promise.all(
      names.map(async (path) => ({ path, bytes: await readFile(join(folder, path)) })),
    );
  } catch {
    return failed(serverMissing(folder));
  }
  if (!bundle.some(({ path }) => path === serverFile)) return failed(serverMissing(join(folder, serverFile)));
  const [packages, description] = texts;
  const { version } = JSON.parse(description) as { version: string };
  const inside = { name: 'trainyard', private: true, type: 'module', version };
  return success({
    files: [
      { path: 'package.json', bytes: Buffer.from(`${JSON.stringify(inside, null, 2)}\n`) },
      ...bundle,
      { path: healthFile, bytes: Buffer.from(health) },
    ],
    packages: JSON.parse(packages) as readonly BundledPackage[],
    version,
    digest: digestOfJson(Object.fromEntries(bundle.map(({ path, bytes }) => [path, digestOfBytes(bytes)]))),
  });
}
