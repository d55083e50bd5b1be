import semver from 'semver';
import type { VersionName } from '../event.ts';
import type { ModelState, ModelVersion } from '../state.ts';

/** The first version of a model that is named by nobody. */
export const firstVersion: VersionName = 'v1.0.0';

/**
 * The version that the next one is counted from: the newest that is no pre-release, whoever registered it, archived
 * ones too, for a number is never used twice. `undefined`: there is none yet.
 */
export function versionBefore({ versions }: Pick<ModelState, 'versions'>): ModelVersion | undefined {
  return versions.find(({ name }) => semver.parse(name)?.prerelease.length === 0);
}

export function nextVersion(
  { versions }: Pick<ModelState, 'versions'>,
  before: VersionName | undefined,
  rule: 'major' | 'minor' | 'patch',
): VersionName {
  const taken = new Set(versions.map(({ name }) => name));
  let name = before === undefined ? firstVersion : increased(before, rule);
  while (taken.has(name)) name = increased(name, rule);
  return name;
}

function increased(name: VersionName, rule: 'major' | 'minor' | 'patch'): VersionName {
  const next = semver.inc(name, rule);
  if (next === null) throw new TypeError(`${name} is no version`);
  return `v${next}`;
}
