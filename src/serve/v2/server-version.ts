import { version } from '../../base/index.ts';

/** Put there by scripts/bundle.mjs, for the server of a container, which has no package.json above it. */
declare const TRAINYARD_BUNDLED_VERSION: string | undefined;

/** The version of this package. */
export function serverVersion(): string {
  return typeof TRAINYARD_BUNDLED_VERSION === 'string' ? TRAINYARD_BUNDLED_VERSION : version();
}
