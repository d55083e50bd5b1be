import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Digest, Result } from '../../base/index.ts';
import { digestOfBytes, failed, packageFile, success } from '../../base/index.ts';
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
  /** Of the server's file. */
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

/** The server that belongs to this Trainyard: one file that the build bundled (scripts/bundle.mjs). */
export async function serverFiles(): Promise<Result<ServerFiles, ImageFailure>> {
  const server = fileURLToPath(packageFile('dist/server/server.mjs'));
  const list = fileURLToPath(packageFile('dist/server/packages.json'));
  const own = fileURLToPath(packageFile('package.json'));
  let texts: readonly [Buffer, string, string];
  try {
    texts = await Promise.all([readFile(server), readFile(list, 'utf8'), readFile(own, 'utf8')]);
  } catch {
    return failed(serverMissing(server));
  }
  const [bytes, packages, description] = texts;
  const { version } = JSON.parse(description) as { version: string };
  const inside = { name: 'trainyard', private: true, type: 'module', version };
  return success({
    files: [
      { path: 'package.json', bytes: Buffer.from(`${JSON.stringify(inside, null, 2)}\n`) },
      { path: serverFile, bytes },
      { path: healthFile, bytes: Buffer.from(health) },
    ],
    packages: JSON.parse(packages) as readonly BundledPackage[],
    version,
    digest: digestOfBytes(bytes),
  });
}
