import type { Digest } from '../../base/index.ts';
import { canonicalJson, digestOfBytes } from '../../base/index.ts';

/** What Trainyard's blobs are to those who look at the registry. */
export const artifactType = 'application/vnd.trainyard.blob.v1';
export const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** The config of artifacts that have none, by the image specification 1.1. */
export const emptyConfig: { readonly digest: Digest; readonly bytes: Buffer } = {
  digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a' as Digest,
  bytes: Buffer.from('{}'),
};

/** The name that keeps a blob from being collected. */
export function tagOf(digest: Digest): string {
  return `blob-${digest.slice('sha256:'.length)}`;
}

/** The same for all who store the same bytes. */
export function manifestOf(
  digest: Digest,
  bytes: number,
): { readonly digest: Digest; readonly bytes: Buffer } {
  const text = Buffer.from(
    canonicalJson({
      schemaVersion: 2,
      mediaType: manifestType,
      artifactType,
      config: {
        mediaType: 'application/vnd.oci.empty.v1+json',
        digest: emptyConfig.digest,
        size: emptyConfig.bytes.length,
      },
      layers: [{ mediaType: 'application/octet-stream', digest, size: bytes }],
    }),
  );
  return { digest: digestOfBytes(text), bytes: text };
}
