import type { ModelFile, VersionFacts } from '@format';

/**
 * The version that people come for when they name none: what stands in production, else in the last stage that has one,
 * else the newest that is released.
 */
export function firstVersion(
  file: Pick<ModelFile, 'versions' | 'stages'> | undefined,
): VersionFacts | undefined {
  const { versions = [], stages = [] } = file ?? {};
  const standing =
    stages.find(({ name, now }) => name === 'production' && now !== undefined) ??
    stages.findLast(({ now }) => now !== undefined);
  return (
    versions.find(({ version }) => version === standing?.now?.version) ??
    versions.find(
      ({ archived, digest, version }) => !archived && digest !== undefined && !version.includes('-'),
    ) ??
    versions[0]
  );
}
