import { digestOfBytes } from '../../base/index.ts';
import { sbomFile } from './image-paths.ts';
import type { Descriptor } from './oci.ts';
import { jsonBlob, mediaTypes } from './oci.ts';

export interface Blob {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/** A bill of materials as registries keep what belongs to an image: an artifact of its own, whose subject is the image. */
export interface SbomArtifact {
  readonly manifest: Blob;
  readonly blobs: readonly Blob[];
  /** As it stands in a list of referrers. */
  readonly listed: Descriptor;
}

/** By the OCI image specification, v1.1, "Guidelines for artifact usage": a function of the bill and the image. */
export function sbomArtifact(
  sbom: Uint8Array,
  { mediaType, digest, size }: Descriptor,
  created: string,
): SbomArtifact {
  const config = jsonBlob(mediaTypes.empty, {});
  const bill: Blob = {
    descriptor: { mediaType: mediaTypes.sbom, digest: digestOfBytes(sbom), size: sbom.length },
    bytes: sbom,
  };
  const annotations = { 'org.opencontainers.image.created': created };
  const manifest = jsonBlob(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: mediaTypes.sbom,
    config: config.descriptor,
    layers: [{ ...bill.descriptor, annotations: { 'org.opencontainers.image.title': sbomFile } }],
    subject: { mediaType, digest, size },
    annotations,
  });
  return {
    manifest,
    blobs: [config, bill],
    listed: { ...manifest.descriptor, artifactType: mediaTypes.sbom, annotations },
  };
}
