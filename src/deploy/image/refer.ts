import type { Digest, Json, Result } from '../../base/index.ts';
import { canonicalJson, digestOfBytes, failed, success } from '../../base/index.ts';
import type { ImageFailure } from './failures.ts';
import { registryBroken } from './failures.ts';
import type { Descriptor } from './oci.ts';
import { mediaTypes } from './oci.ts';
import type { Registry } from './registry/registry.ts';

interface Index {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
}

const tries = 5;

/** The tag under which a registry that keeps no list of referrers itself has it: `sha256-<digits>`. */
export function referrersTag(subject: Digest): string {
  return subject.replace(':', '-');
}

/**
 * Adds an artifact to the list of what refers to an image, in a registry that does not do it itself (OCI distribution
 * specification, v1.1, "Unavailable Referrers API"). Others may write the same list at the same time, and no registry
 * compares before it writes: so it is looked at once more.
 */
export async function listReferrer(
  registry: Registry,
  path: string,
  { subject, listed }: { readonly subject: Digest; readonly listed: Descriptor },
): Promise<Result<void, ImageFailure>> {
  const tag = referrersTag(subject);
  for (let attempt = 0; attempt < tries; attempt++) {
    const found = await registry.manifest(path, tag);
    if (!found.ok && found.failure.code !== 'deploy-registry-not-found') return found;
    const there = found.ok ? manifestsOf(found.value.bytes) : [];
    if (there.some(({ digest }) => digest === listed.digest)) return success(undefined);
    const index: Index = {
      schemaVersion: 2,
      mediaType: mediaTypes.index,
      manifests: [...there, listed],
    };
    const bytes = Buffer.from(canonicalJson(index as unknown as Json));
    const digest = digestOfBytes(bytes);
    const put = await registry.putManifest(path, tag, { bytes, mediaType: mediaTypes.index, digest });
    if (!put.ok) return put;
  }
  return failed(registryBroken(registry.host, `the list ${tag} does not keep what is written to it`));
}

function manifestsOf(bytes: Buffer): readonly Descriptor[] {
  try {
    const { manifests } = JSON.parse(bytes.toString('utf8')) as Partial<Index>;
    return Array.isArray(manifests) ? manifests : [];
  } catch {
    return [];
  }
}
