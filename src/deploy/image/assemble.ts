import type { Digest, Json } from '../../base/index.ts';
import type { BaseImage } from './base-image.ts';
import type { ImagePlatform } from './built-image.ts';
import { entrypoint, healthCommand, imageEnvironment } from './dockerfile.ts';
import { appFolder, healthTimes, port, stopSignal, user } from './image-paths.ts';
import type { Descriptor, ImageConfig, Layer, Manifest } from './oci.ts';
import { jsonBlob, mediaTypes } from './oci.ts';

export interface AssembledImage {
  readonly manifest: { readonly descriptor: Descriptor; readonly bytes: Buffer };
  readonly config: { readonly descriptor: Descriptor; readonly bytes: Buffer };
  /** Of the base, then our own. */
  readonly layers: readonly Descriptor[];
  readonly id: Digest;
  readonly digest: Digest;
}

export interface AssemblyFacts {
  readonly base: BaseImage;
  readonly platform: ImagePlatform;
  readonly created: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly layers: readonly Layer[];
}

/** Puts an image together from a base and layers, as the Dockerfile says it: a function of its parts, without a clock. */
export function assemble({ base, platform, created, labels, layers }: AssemblyFacts): AssembledImage {
  const nanoseconds = (seconds: number): number => seconds * 1e9;
  const { interval, timeout, startPeriod, retries } = healthTimes;
  const { Env = [], Labels = {} } = base.config.config as {
    readonly Env?: readonly string[];
    readonly Labels?: Readonly<Record<string, string>> | null;
  };
  const ours = Object.entries(imageEnvironment).map(([name, value]) => `${name}=${value}`);
  const names = new Set(Object.keys(imageEnvironment));
  const run: Record<string, Json> = {
    ...base.config.config,
    User: user,
    ExposedPorts: { [`${port}/tcp`]: {} },
    Env: [...Env.filter((entry) => !names.has(entry.split('=')[0]!)), ...ours],
    Entrypoint: [...entrypoint(base.node)],
    Cmd: null,
    WorkingDir: appFolder,
    Labels: { ...Labels, ...labels },
    StopSignal: stopSignal,
    Healthcheck: {
      Test: ['CMD', ...healthCommand(base.node)],
      Interval: nanoseconds(interval),
      Timeout: nanoseconds(timeout),
      StartPeriod: nanoseconds(startPeriod),
      Retries: retries,
    },
  };
  const value: ImageConfig = {
    created,
    architecture: platform.slice('linux/'.length),
    os: 'linux',
    config: run,
    rootfs: {
      type: 'layers',
      diff_ids: [...base.config.rootfs.diff_ids, ...layers.map(({ diffId }) => diffId)],
    },
    history: [
      ...(base.config.history ?? []),
      ...layers.map(({ says }) => ({ created, created_by: `trainyard build: ${says}` })),
    ],
  };
  const config = jsonBlob(mediaTypes.config, value);
  const all = [...base.layers, ...layers.map(({ descriptor }) => descriptor)];
  const annotations = Object.fromEntries(
    Object.entries(labels).filter(([name]) => name.startsWith('org.opencontainers.')),
  );
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: config.descriptor,
    layers: all,
    annotations,
  };
  const blob = jsonBlob(mediaTypes.manifest, manifest);
  return {
    manifest: blob,
    config,
    layers: all,
    id: config.descriptor.digest,
    digest: blob.descriptor.digest,
  };
}
