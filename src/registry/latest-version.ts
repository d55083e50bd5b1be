import semver from 'semver';
import type { ModelState, ModelVersion } from './state.ts';

/** The newest that is not archived and has a digest; a pre-release only where there is no other. */
export function latestVersion(state: ModelState): ModelVersion | undefined {
  const usable = state.versions.filter(({ archived, digest }) => !archived && digest !== undefined);
  return usable.find(({ name }) => semver.prerelease(name) === null) ?? usable[0];
}
