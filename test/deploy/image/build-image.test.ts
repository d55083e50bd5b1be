import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { DraftImage, ImageRequest } from '../../../src/deploy/index.ts';
import { draftImage, readBuiltImage, writeContext, writeImage } from '../../../src/deploy/index.ts';
import type { PlannedModel } from '../../../src/serve/index.ts';
import { digestOf, fakeRegistry, putBase } from './fake-registry.ts';
import { contractDigest, requestOf, timesModel } from './models.ts';

const scratch = (): string => mkdtempSync(join(tmpdir(), 'trainyard-build-'));

async function draft(models: readonly PlannedModel[], more: Partial<ImageRequest>): Promise<DraftImage> {
  const drafted = await draftImage(requestOf(models, more));
  if (!drafted.ok) throw new Error(drafted.failure.message);
  return drafted.value;
}

it('makes the same digest of the same model, base and settings, wherever and whenever it is made', async () => {
  await using registry = await fakeRegistry();
  putBase(registry, 'base', '1');
  const base = `${registry.host}/base:1`;
  const first = await draft([await timesModel('times', 2)], { base });
  await new Promise((resolve) => setTimeout(resolve, 1100));
  // The same bytes in another folder.
  const second = await draft([await timesModel('times', 2)], { base });
  expect(second.facts).toEqual(first.facts);
  expect(second.dockerfile).toBe(first.dockerfile);
  expect(second.sbom).toBe(first.sbom);
});

it('changes only the layer of the models when a model changes, so that an update sends kilobytes', async () => {
  await using registry = await fakeRegistry();
  putBase(registry, 'base', '1');
  const base = `${registry.host}/base:1`;
  const before = await draft([await timesModel('times', 2)], { base });
  const after = await draft([await timesModel('times', 3, 'v1.1.0')], { base, seconds: 1_763_800_000 });
  const digests = ({ layers }: DraftImage) => layers.map(({ descriptor }) => descriptor.digest);
  expect(digests(after).slice(0, 2)).toEqual(digests(before).slice(0, 2));
  expect(digests(after)[2]).not.toBe(digests(before)[2]);
  expect(after.layers[2]!.descriptor.size).toBeLessThan(20_000);
  expect(after.facts.digest).not.toBe(before.facts.digest);
});

it('looks up at each build what a tag stands for, and records it', async () => {
  await using registry = await fakeRegistry();
  const base = `${registry.host}/base:stable`;
  const models = [await timesModel('times', 2)];
  const old = putBase(registry, 'base', 'stable', { text: 'old' });
  const before = await draft(models, { base });
  const young = putBase(registry, 'base', 'stable', { text: 'young' });
  const after = await draft(models, { base });
  const pinned = await draft(models, { base: `${registry.host}/base@${old}` });
  expect([before, after, pinned].map(({ facts }) => facts.base.digest)).toEqual([old, young, old]);
  expect(before.dockerfile).toContain(`FROM ${registry.host}/base@${old} AS checked\n`);
  expect(pinned.image.layers).toEqual(
    before.image.layers.map((layer, i) => (i === 3 ? pinned.image.layers[3] : layer)),
  );
});

it('says in the configuration and in the Dockerfile: no root, what is asked for health, how it ends, who is inside', async () => {
  await using registry = await fakeRegistry();
  putBase(registry, 'base', '1');
  const [model] = [await timesModel('times', 2)];
  const { image, dockerfile, facts } = await draft([model], { base: `${registry.host}/base:1` });
  const config = JSON.parse(image.config.bytes.toString());
  expect(config).toMatchObject({
    created: '2025-11-21T10:11:12Z',
    architecture: 'amd64',
    os: 'linux',
    config: {
      User: '65532:65532',
      ExposedPorts: { '8080/tcp': {} },
      Entrypoint: ['/nodejs/bin/node', '/app/server.mjs'],
      WorkingDir: '/app',
      StopSignal: 'SIGTERM',
      Healthcheck: { Test: ['CMD', '/nodejs/bin/node', '/app/health.mjs'] },
      Env: [
        'PATH=/usr/bin',
        'NODE_VERSION=22.1.0',
        'NODE_ENV=production',
        'PORT=8080',
        'TRAINYARD_PLAN=/app/plan.json',
      ],
    },
  });
  const labels = config.config.Labels;
  expect(labels).toMatchObject({
    maker: 'debian',
    'org.opencontainers.image.version': 'v1.0.0',
    'org.opencontainers.image.revision': 'c'.repeat(40),
    'org.opencontainers.image.base.digest': facts.base.digest,
    'trainyard.model.digest': model!.versions[0]!.digest,
    'trainyard.model.run': '20261121-101112-00000001',
    'trainyard.model.contract.digest': contractDigest,
    'trainyard.sbom.digest': facts.parts.sbom,
    'trainyard.provenance': 'inconclusive',
  });
  for (const line of [
    'USER 65532:65532',
    'EXPOSE 8080',
    'STOPSIGNAL SIGTERM',
    'ENTRYPOINT ["/nodejs/bin/node","/app/server.mjs"]',
    `LABEL "trainyard.model.digest"="${labels['trainyard.model.digest']}"`,
  ])
    expect(dockerfile.split('\n')).toContain(line);
  expect(dockerfile).toContain('HEALTHCHECK --interval=10s');
  expect(digestOf(image.config.bytes)).toBe(facts.id);
});

it.each([
  ['linux/amd64', 'x64', 'amd64'],
  ['linux/arm64', 'arm64', 'arm64'],
] as const)(
  'takes for %s its own library and base, and nothing for other platforms, graphics cards or developers',
  async (platform, folder, architecture) => {
    await using registry = await fakeRegistry();
    putBase(registry, 'base', '1', { architectures: ['amd64', 'arm64'] });
    const { files, image } = await draft([await timesModel('times', 2)], {
      base: `${registry.host}/base:1`,
      platform,
    });
    expect(JSON.parse(image.config.bytes.toString()).architecture).toBe(architecture);
    const paths = Object.values(files).flatMap((entries) => entries.map(({ path }) => path));
    const libraries = paths.filter((path) => /\.(so|node|dll|dylib)/.test(path));
    expect(libraries.sort()).toEqual([
      `node_modules/onnxruntime-node/bin/napi-v6/linux/${folder}/libonnxruntime.so.1`,
      `node_modules/onnxruntime-node/bin/napi-v6/linux/${folder}/onnxruntime_binding.node`,
    ]);
    expect(paths.filter((path) => /\.(ts|map)$|script\//.test(path))).toEqual([]);
    expect(paths.filter((path) => !/^(node_modules\/|chunk-\w+\.mjs$)/.test(path)).sort()).toEqual([
      'health.mjs',
      'models/times/v1.0.0/model.json',
      'models/times/v1.0.0/model.onnx',
      'package.json',
      'plan.json',
      'sbom.cdx.json',
      'server.mjs',
    ]);
  },
);

it('writes a context whose files are those of the image, an image that skopeo could read, and what it is', async () => {
  await using registry = await fakeRegistry();
  putBase(registry, 'base', '1');
  const output = scratch();
  const drafted = await draft([await timesModel('times', 2)], { base: `${registry.host}/base:1` });
  const context = await writeContext(drafted, output);
  const image = await writeImage(drafted, { output, layerCache: join(output, 'cache'), environment: {} });
  if (!context.ok || !image.ok) throw new Error('not written');
  const read = await readBuiltImage(output);
  expect(read).toEqual({ ok: true, value: image.value });
  // Every layer is there by its digest, and together they hold what the context holds.
  const manifest = JSON.parse(
    readFileSync(join(output, 'image/blobs/sha256', image.value.digest.slice(7)), 'utf8'),
  );
  const inLayers = new Map<string, string>();
  for (const { digest } of manifest.layers.slice(1)) {
    const bytes = readFileSync(join(output, 'image/blobs/sha256', digest.slice(7)));
    expect(digestOf(bytes)).toBe(digest);
    const root = scratch();
    execFileSync('tar', ['-xzf', '-', '-C', root], { input: bytes });
    for (const [path, digest] of filesIn(join(root, 'app'))) inLayers.set(path, digest);
  }
  const inContext = new Map(
    ['runtime', 'server', 'models'].flatMap((folder) => [...filesIn(join(context.value, folder))]),
  );
  expect(new Map([...inContext].sort())).toEqual(new Map([...inLayers].sort()));
  expect(readFileSync(join(output, 'sbom.cdx.json'), 'utf8')).toBe(drafted.sbom);
  // A second build over the first is the first.
  const again = await writeImage(drafted, { output, layerCache: join(output, 'cache'), environment: {} });
  expect(again).toEqual(image);
});

it('holds several models in one image, with a plan that finds them beside itself', async () => {
  await using registry = await fakeRegistry();
  putBase(registry, 'base', '1');
  const models = [await timesModel('a', 2), await timesModel('b', 3, 'v2.0.0+build.7')];
  const { files, facts, image } = await draft(models, { base: `${registry.host}/base:1` });
  const plan = JSON.parse(
    Buffer.from(files.models.find(({ path }) => path === 'plan.json')!.bytes!).toString(),
  );
  const folders = plan.models.flatMap(({ versions }: PlannedModel) => versions.map(({ folder }) => folder));
  expect(folders).toEqual(['models/a/v1.0.0', 'models/b/v2.0.0+build.7']);
  expect(facts.models.map(({ model }) => model)).toEqual(['a', 'b']);
  const { Labels } = JSON.parse(image.config.bytes.toString()).config;
  expect(JSON.parse(Labels['trainyard.models'])).toEqual(facts.models);
  expect(Labels['trainyard.model']).toBeUndefined();
});

it('keeps folders of models inside of the app, whatever a model is called', async () => {
  await using registry = await fakeRegistry();
  putBase(registry, 'base', '1');
  const model = await timesModel('times', 2);
  const renamed = { ...model, model: '../../etc', versions: [{ ...model.versions[0]!, name: '..' }] };
  const { files } = await draft([renamed], { base: `${registry.host}/base:1` });
  for (const { path } of files.models) expect(path.split('/')).not.toContain('..');
});

it('refuses bytes that are not those of their description, and answers that are not those that were packed (P4)', async () => {
  const [changed, lying] = [await timesModel('times', 2), await timesModel('times', 2)];
  const model = join(changed.versions[0]!.folder, 'model.onnx');
  writeFileSync(model, readFileSync(model).fill(0, 10, 11));
  const description = join(lying.versions[0]!.folder, 'model.json');
  writeFileSync(description, readFileSync(description, 'utf8').replace(/"value":[\d.]+/, '"value":12345'));
  expect(await draftImage(requestOf([changed], {}))).toMatchObject({ failure: { code: 'servable-digest' } });
  expect(await draftImage(requestOf([lying], {}))).toMatchObject({ failure: { code: 'servable-golden' } });
});

it('refuses a base that is not there, is for another platform, or is packed as nobody here can read', async () => {
  await using registry = await fakeRegistry();
  putBase(registry, 'amd', '1');
  putBase(registry, 'zstd', '1', { layerType: 'application/vnd.oci.image.layer.v1.tar+zstd' });
  const models = [await timesModel('times', 2)];
  const code = async (base: string, platform: 'linux/amd64' | 'linux/arm64' = 'linux/amd64') => {
    const drafted = await draftImage(requestOf(models, { base: `${registry.host}/${base}`, platform }));
    return drafted.ok ? undefined : drafted.failure.code;
  };
  expect(await code('missing:1')).toBe('deploy-registry-not-found');
  expect(await code('amd:2')).toBe('deploy-registry-not-found');
  expect(await code('amd:1', 'linux/arm64')).toBe('deploy-base-platform');
  expect(await code('zstd:1')).toBe('deploy-base-unsupported');
  expect(await code('Amd:1')).toBe('deploy-image-name');
});

it('takes nothing from a registry that sends other bytes than it names', async () => {
  await using registry = await fakeRegistry();
  putBase(registry, 'base', '1');
  const output = scratch();
  const drafted = await draft([await timesModel('times', 2)], { base: `${registry.host}/base:1` });
  registry.behaviour.spoil = (_, bytes) => Buffer.from(bytes).fill(0, 20, 21);
  const options = { output, layerCache: join(output, 'cache'), environment: {} };
  expect(await writeImage(drafted, options)).toMatchObject({ failure: { code: 'deploy-registry-broken' } });
  expect(readdirSync(output)).not.toContain('image.json');
  // A cache that rotted is fetched anew.
  delete registry.behaviour.spoil;
  expect((await writeImage(drafted, options)).ok).toBe(true);
  const [layer] = readdirSync(options.layerCache);
  writeFileSync(join(options.layerCache, layer!), 'rotten');
  expect((await writeImage(drafted, options)).ok).toBe(true);
});

function filesIn(root: string): Map<string, string> {
  const paths = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    paths.map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      return [file.slice(root.length + 1), digestOf(readFileSync(file))];
    }),
  );
}
