import { readFileSync } from 'node:fs';
import { packageFile } from '../../base/index.ts';

/** The version of this package; a bundle that was copied to where no package.json is above it has none. */
export function serverVersion(): string {
  try {
    const text = readFileSync(packageFile('package.json'), 'utf8');
    return (JSON.parse(text) as { readonly version: string }).version;
  } catch {
    return 'unknown';
  }
}
