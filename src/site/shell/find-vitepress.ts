import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Result } from '../../base/index.ts';
import { failed, packageFile, success } from '../../base/index.ts';
import type { SiteFailure } from '../failures.ts';
import { shellMissing, shellOther } from '../failures.ts';

/** The version that the tests run with. */
const tested = '1.6.4';

export interface VitePress {
  readonly version: string;
  /** Folder of the package; absolute. */
  readonly folder: string;
  /** The program to start with Node; absolute. */
  readonly program: string;
}

/**
 * The installed VitePress: an optional peer, beside this package or of the project whose site is made. The former goes first:
 * who may commit to a project, may commit packages, and the action has its own.
 */
export function findVitePress(root: string): Result<VitePress, SiteFailure> {
  let other: string | undefined;
  for (const from of [packageFile('package.json'), join(root, 'package.json')]) {
    const found = vitepressBy(from);
    if (found === undefined) continue;
    if (found.version.startsWith('1.')) return success(found);
    other ??= found.version;
  }
  return failed(other === undefined ? shellMissing(tested) : shellOther(other, tested));
}

function vitepressBy(from: string | URL): VitePress | undefined {
  try {
    const require = createRequire(from);
    const file = require.resolve('vitepress/package.json');
    const { version } = require(file) as { readonly version: string };
    const folder = dirname(file);
    return { version, folder, program: join(folder, 'bin/vitepress.js') };
  } catch {
    return undefined;
  }
}
