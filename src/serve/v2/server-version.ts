import { readFileSync } from 'node:fs';
import { packageFile } from '../../base/index.ts';

/** Put there by scripts/bundle.mjs, for the server of a container, which has no package.json above it. */
declare const TRAINYARD_BUNDLED_VERSION: string | undefined;

/** The version of this package. */
export function serverVersion(): string {
  if (typeof TRAINYARD_BUNDLED_VERSION === 'string') return TRAINYARD_BUNDLED_VERSION;
  const text = readFileSync(packageFile('package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
