import type { Digest, Verdict } from '../../base/index.ts';

/**
 * An image that was built, with the digests of everything inside: what a deployment names, and what provenance is
 * followed through. It stands as `image.json` beside the context that it was built from, and is a function of it.
 */
export interface BuiltImage {
  /** Version of this format. */
  readonly version: 1;
  /** Host and path in a registry, or a name alone: `registry.example.org/team/heart-disease`, `trainyard/heart-disease`. */
  readonly repository: string;
  readonly tag: string;
  /** Of the manifest: what a registry knows the image by, `<repository>@<digest>`. */
  readonly digest: Digest;
  /** Of the configuration: what Docker calls the id of an image that was loaded and not pulled. */
  readonly id: Digest;
  readonly platform: ImagePlatform;
  /** `SOURCE_DATE_EPOCH` as ISO 8601: when the newest of its runs was started, not when it was built. */
  readonly created: string;
  readonly size: ImageSize;
  readonly base: ImageBase;
  /** Sorted by name, then version. */
  readonly models: readonly ImageModel[];
  /** Of the server's files (of the canonical JSON of their digests by name), `plan.json`, the ONNX Runtime's library, and `sbom.cdx.json`. */
  readonly parts: {
    readonly server: Digest;
    readonly plan: Digest;
    readonly runtime: Digest;
    readonly sbom: Digest;
  };
  /** Of the Trainyard whose server it holds. */
  readonly trainyard: string;
  /** Port that the server listens on inside. */
  readonly port: number;
  /** `<uid>:<gid>`, never root. */
  readonly user: string;
}

/** What an image is before its base is known: its digest is of both. */
export type ContextFacts = Omit<BuiltImage, 'size' | 'digest' | 'id'>;

export type ImagePlatform = 'linux/amd64' | 'linux/arm64';

/** Bytes. */
export interface ImageSize {
  /** What a registry sends: all layers as they are stored there. */
  readonly compressed: number;
  /** What they unpack to. */
  readonly unpacked: number;
}

export interface ImageBase {
  /** As the settings name it: `gcr.io/distroless/nodejs22-debian12:nonroot` */
  readonly name: string;
  /** What that name stood for at build time: of the manifest, or of the list of manifests of a base for several platforms. */
  readonly digest: Digest;
}

export interface ImageModel {
  readonly model: string;
  /** `v1.4.0` */
  readonly modelVersion: string;
  /** Of `model.onnx`. */
  readonly digest: Digest;
  /** Of `model.json`: contract, lineage and golden requests. */
  readonly manifest: Digest;
  readonly run?: string;
  readonly commit?: string;
  /** Of the contract's file. */
  readonly contract?: Digest;
  /** What provenance said when the image was built; `fail` is never built. */
  readonly provenance: { readonly verdict: Verdict; readonly because: string };
}
