import type { Json } from '../../base/index.ts';
import { canonicalJson, digestOfJson } from '../../base/index.ts';
import type { NamedBase } from './base-image.ts';
import type { ImageModel, ImagePlatform } from './built-image.ts';
import type { RuntimeFiles } from './runtime-files.ts';
import type { ServerFiles } from './server-files.ts';

export interface SbomFacts {
  /** `registry.example.org/team/heart-disease` */
  readonly repository: string;
  readonly tag: string;
  readonly platform: ImagePlatform;
  readonly created: string;
  readonly base: NamedBase;
  readonly server: ServerFiles;
  readonly runtime: RuntimeFiles;
  readonly models: readonly ImageModel[];
}

/**
 * The bill of materials of an image, CycloneDX 1.6 in JSON: Trainyard, every npm package of which something is in its
 * bundle, ONNX Runtime, models and contracts with their digests, and the base image, whose own contents its maker
 * answers for. Equal facts give equal bytes; its serial number is made of its content.
 */
export async function sbomOf(facts: SbomFacts): Promise<string> {
  const { Enums, Models, Serialize, Spec } = await import('@cyclonedx/cyclonedx-library');
  const { ComponentType, HashAlgorithm } = Enums;
  const { Component, HashDictionary, LicenseExpression, NamedLicense, Property } = Models;
  const sha256 = (digest: string) =>
    new HashDictionary([[HashAlgorithm['SHA-256'], digest.slice('sha256:'.length)]]);
  const licences = (license: string) =>
    new Models.LicenseRepository([
      /^[\w.+-]+$|[()]| (AND|OR|WITH) /.test(license)
        ? new LicenseExpression(license)
        : new NamedLicense(license),
    ]);
  const property = (name: string, value: string | undefined) =>
    value === undefined ? [] : [new Property(`trainyard:${name}`, value)];

  const { server, runtime, base, models, repository, tag, platform } = facts;
  const image = new Component(ComponentType.Container, repository, {
    bomRef: 'image',
    version: tag,
    properties: new Models.PropertyRepository(property('platform', platform)),
  });
  const parts: InstanceType<typeof Component>[] = [
    new Component(ComponentType.Application, 'trainyard', {
      bomRef: 'trainyard',
      version: server.version,
      licenses: licences('Apache-2.0'),
      hashes: sha256(server.digest),
      description: 'The prediction server, bundled',
    }),
    new Component(ComponentType.Container, base.name, {
      bomRef: 'base',
      version: base.digest,
      purl: purlOfImage(base),
      hashes: sha256(base.digest),
      description:
        'The base image. Node and the libraries of the system are part of it, and not listed here: its maker answers for them',
    }),
  ];
  const inServer: InstanceType<typeof Component>[] = server.packages.map(({ name, version, license }) => {
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    const at = name.indexOf('/');
    return new Component(ComponentType.Library, at === -1 ? name : name.slice(at + 1), {
      bomRef: purl,
      purl,
      version,
      licenses: licences(license),
      ...(at === -1 ? {} : { group: name.slice(0, at) }),
      ...(name === 'onnxruntime-node' ? { hashes: sha256(runtime.digest) } : {}),
    });
  });
  const ofModels = models.map((model) => {
    const reference = `model:${model.model}@${model.modelVersion}`;
    const contract =
      model.contract === undefined
        ? []
        : [
            new Component(ComponentType.Data, `${model.model} contract`, {
              bomRef: `${reference}:contract`,
              hashes: sha256(model.contract),
            }),
          ];
    const component = new Component(ComponentType.MachineLearningModel, model.model, {
      bomRef: reference,
      version: model.modelVersion,
      hashes: sha256(model.digest),
      properties: new Models.PropertyRepository([
        ...property('run', model.run),
        ...property('commit', model.commit),
        ...property('servable', model.manifest),
        ...property('provenance', model.provenance.verdict),
      ]),
    });
    for (const { bomRef } of contract) component.dependencies.add(bomRef);
    return { component, contract };
  });
  for (const { bomRef } of inServer) parts[0]!.dependencies.add(bomRef);
  const all = [
    ...parts,
    ...inServer,
    ...ofModels.flatMap(({ component, contract }) => [component, ...contract]),
  ];
  for (const { bomRef } of [...parts, ...ofModels.map(({ component }) => component)])
    image.dependencies.add(bomRef);
  const bom = new Models.Bom({
    metadata: new Models.Metadata({
      component: image,
      timestamp: new Date(facts.created),
      tools: new Models.Tools({
        components: new Models.ComponentRepository([
          new Component(ComponentType.Application, 'trainyard', { version: server.version }),
        ]),
      }),
    }),
    components: new Models.ComponentRepository(all),
  });
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  const value = JSON.parse(serializer.serialize(bom, { sortLists: true })) as Record<string, Json>;
  // What is complete and what is not, in the words of CycloneDX: nobody here looked into the base.
  const compositions = [
    { aggregate: 'complete', assemblies: ['trainyard'], dependencies: ['trainyard'] },
    { aggregate: 'unknown', assemblies: ['base'] },
  ];
  const whole = { ...value, compositions };
  const serial = digestOfJson(whole).slice('sha256:'.length);
  return `${canonicalJson({ ...whole, serialNumber: `urn:uuid:${uuidOf(serial)}` })}\n`;
}

/** https://github.com/package-url/purl-spec, type `oci`: by digest, and where it is from. */
function purlOfImage({ pinned, digest }: NamedBase): string {
  const repository = pinned.slice(0, pinned.indexOf('@'));
  const name = repository.slice(repository.lastIndexOf('/') + 1);
  return `pkg:oci/${name}@${encodeURIComponent(digest)}?repository_url=${encodeURIComponent(repository)}`;
}

/** A UUID of version 8 (RFC 9562: made in one's own way) of the first digits of a digest. */
function uuidOf(hex: string): string {
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
