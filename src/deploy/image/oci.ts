import { gzipSync } from 'node:zlib';
import type { Digest, Json } from '../../base/index.ts';
import { canonicalJson, digestOfBytes } from '../../base/index.ts';
import { appFolder } from './image-paths.ts';
import type { TarEntry } from './tar.ts';
import { tarOf } from './tar.ts';

/** Media types of the OCI image specification, v1.1. */
export const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  empty: 'application/vnd.oci.empty.v1+json',
  sbom: 'application/vnd.cyclonedx+json',
} as const;

/** Docker's names for the same, which registries still hold; its layers are read and written under their OCI names. */
export const dockerTypes = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  list: 'application/vnd.docker.distribution.manifest.list.v2+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
} as const;

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  /** In a list of what refers to an image: the kind of it. */
  readonly artifactType?: string;
}

export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What an image is to whoever runs it; members that are not named here are of no meaning for a base. */
export interface ImageConfig {
  readonly created: string;
  readonly architecture: string;
  readonly os: string;
  readonly config: Readonly<Record<string, Json>>;
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly Digest[] };
  readonly history: readonly HistoryEntry[];
}

export interface HistoryEntry {
  readonly created?: string;
  readonly created_by?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

/** A layer with its bytes as registries keep them. */
export interface Layer {
  readonly descriptor: Descriptor;
  /** Digest of the archive before it was compressed. */
  readonly diffId: Digest;
  /** Bytes before they were compressed. */
  readonly unpacked: number;
  readonly bytes: Uint8Array;
  /** What it holds, for the history. */
  readonly says: string;
}

/** The same entries and time make the same archive; its compressed form also depends on the zlib of this Node. */
export function makeLayer(entries: readonly TarEntry[], seconds: number, says: string): Layer {
  const archive = tarOf(entries, seconds);
  const bytes = gzipSync(archive, { level: 6 });
  return {
    descriptor: { mediaType: mediaTypes.layer, digest: digestOfBytes(bytes), size: bytes.length },
    diffId: digestOfBytes(archive),
    unpacked: archive.length,
    bytes,
    says,
  };
}

/** Entries below the folder of the app. */
export function inApp(entries: readonly TarEntry[]): readonly TarEntry[] {
  return entries.map((entry) => ({ ...entry, path: `${appFolder.slice(1)}/${entry.path}` }));
}

/** A blob of canonical JSON, so that equal values have one digest. */
export function jsonBlob(
  mediaType: string,
  value: unknown,
): { readonly descriptor: Descriptor; readonly bytes: Buffer } {
  const bytes = Buffer.from(canonicalJson(value as Json));
  return { descriptor: { mediaType, digest: digestOfBytes(bytes), size: bytes.length }, bytes };
}
