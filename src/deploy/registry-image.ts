import type { Digest, Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { imageOther, imageUnsafe } from './failures.ts';
import type { ImageModel } from './image/built-image.ts';
import { readImageName, registryOf, repositoryOf } from './image/image-name.ts';
import type { Descriptor, ImageConfig, Manifest } from './image/oci.ts';
import { openRegistryAt } from './image/registry/registry.ts';

/** An image of a registry, by what it says of itself. */
export interface RegistryImage {
  readonly repository: string;
  readonly digest: Digest;
  readonly port: number;
  readonly user: string;
  readonly models: readonly ImageModel[];
}

/** Reads the labels of an image by its digest: they are part of what the digest is of. */
export async function readRegistryImage(
  reference: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Result<RegistryImage, Failure>> {
  const name = readImageName(reference);
  if (!name.ok) return name;
  const { digest } = name.value;
  if (digest === undefined)
    return failed(
      imageOther(reference, 'it names no digest, and what a tag stands for may change at any time'),
    );
  const { host, path } = registryOf(name.value);
  await using registry = await openRegistryAt(host, environment);
  const read = async (wanted: Digest): Promise<Result<Manifest, Failure>> => {
    const found = await registry.manifest(path, wanted);
    return found.ok ? success(JSON.parse(found.value.bytes.toString('utf8')) as Manifest) : found;
  };
  const top = await read(digest);
  if (!top.ok) return top;
  // Of an image for several platforms, each says the same of its models.
  const [first] = (top.value as { readonly manifests?: readonly Descriptor[] }).manifests ?? [];
  const manifest = first === undefined ? top : await read(first.digest);
  if (!manifest.ok) return manifest;
  const blob = await registry.blob(path, manifest.value.config);
  if (!blob.ok) return blob;
  const { config } = JSON.parse(blob.value.toString('utf8')) as ImageConfig;
  return factsOf(reference, config, { repository: repositoryOf(name.value), digest });
}

function factsOf(
  reference: string,
  config: ImageConfig['config'],
  place: Pick<RegistryImage, 'repository' | 'digest'>,
): Result<RegistryImage, Failure> {
  const { Labels, User, ExposedPorts } = config as {
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly User?: string;
    readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
  };
  const models = modelsOf(Labels?.['trainyard.models']);
  if (models === undefined)
    return failed(
      imageOther(reference, 'it does not say which models it holds: `trainyard build` did not make it'),
    );
  // By number: who a name stands for, only the image itself knows.
  const user = User ?? '';
  if (!/^[1-9]\d*(:[1-9]\d*)?$/.test(user)) {
    return failed(
      imageUnsafe(
        reference,
        `its user is ${user === '' ? 'root' : `\`${user}\``}, and has to be a number other than 0`,
      ),
    );
  }
  const port = Number(Object.keys(ExposedPorts ?? {})[0]?.split('/')[0] ?? 8080);
  return success({ ...place, port, user: user.includes(':') ? user : `${user}:${user}`, models });
}

function modelsOf(label: string | undefined): readonly ImageModel[] | undefined {
  try {
    const value = JSON.parse(label ?? '') as unknown;
    return Array.isArray(value) ? (value as readonly ImageModel[]) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an image holds a version: by the digest of its bytes, and not by its name alone. */
export function problemOfImage(
  models: readonly ImageModel[],
  { model, version, digest }: { readonly model: string; readonly version: string; readonly digest: Digest },
): string | undefined {
  const same = models.filter((each) => each.model === model);
  if (same.length === 0)
    return `it holds no model ${model}, but ${models.map((each) => each.model).join(', ') || 'none'}`;
  const found = same.find((each) => each.modelVersion === version);
  if (found === undefined)
    return `it holds ${same.map((each) => each.modelVersion).join(', ')}, and not ${version}`;
  if (found.digest !== digest)
    return `the bytes of ${version} inside are ${found.digest}, and ${digest} was promoted`;
  return found.provenance.verdict === 'fail' ? `it was built of what provenance refuses` : undefined;
}
