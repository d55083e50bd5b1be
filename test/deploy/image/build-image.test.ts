import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { quoted } from '../../../src/deploy/image/dockerfile.ts';
import type { DraftImage, ImageRequest } from '../../../src/deploy/index.ts';
import {
  draftContext,
  draftImage,
  keepBase,
  readBuiltImage,
  writeContext,
  writeImage,
} from '../../../src/deploy/index.ts';
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

it('gives every model a folder of its own, however like their names are, and however long', async () => {
  await using registry = await fakeRegistry();
  putBase(registry, 'base', '1');
  const model = await timesModel('times', 2);
  const names = ['a/b', 'a_b', 'a b', 'a:b', `${'long/'.repeat(39)}x`];
  const models = names.map((name) => ({ ...model, model: name }));
  const { files } = await draft(models, { base: `${registry.host}/base:1` });
  const paths = files.models.map(({ path }) => path).filter((path) => path.endsWith('.onnx'));
  expect(new Set(paths).size).toBe(names.length);
  expect(paths).toContain('models/a_b/v1.0.0/model.onnx');
  const plan = JSON.parse(
    Buffer.from(files.models.find(({ path }) => path === 'plan.json')!.bytes!).toString(),
  );
  for (const { versions } of plan.models as readonly PlannedModel[])
    expect(paths).toContain(`${versions[0]!.folder}/model.onnx`);
});

it('lets nothing that somebody wrote end a line of the Dockerfile', async () => {
  await using registry = await fakeRegistry();
  putBase(registry, 'base', '1');
  const model = await timesModel('times', 2);
  const file = join(model.versions[0]!.folder, 'model.json');
  const nasty = 'v1\nRUN touch /pwned\r\nUSER 0';
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...manifest, modelVersion: nasty }));
  const { dockerfile, image } = await draft([model], { base: `${registry.host}/base:1` });
  expect(dockerfile.split(/[\n\r]/).filter((line) => /^\s*(RUN touch|USER 0)/.test(line))).toEqual([]);
  // What the image says is what the Dockerfile says.
  const { Labels } = JSON.parse(image.config.bytes.toString()).config;
  expect(Labels['trainyard.model.version']).toBe('v1 RUN touch /pwned USER 0');
  expect(JSON.parse(Labels['trainyard.models'])[0].modelVersion).toBe(nasty);
  expect(quoted('a\n"b\\$c')).toBe('"a \\"b\\\\\\$c"');
});

it('takes into an image only files of the folder itself, and none that a link leads to elsewhere', async () => {
  await using registry = await fakeRegistry();
  putBase(registry, 'base', '1');
  const base = `${registry.host}/base:1`;
  const [outside, special] = [await timesModel('times', 2), await timesModel('times', 2)];
  const { folder } = outside.versions[0]!;
  const elsewhere = scratch();
  renameSync(join(folder, 'model.onnx'), join(elsewhere, 'model.onnx'));
  symlinkSync(join(elsewhere, 'model.onnx'), join(folder, 'model.onnx'));
  expect(await draftImage(requestOf([outside], { base }))).toMatchObject({
    failure: { code: 'servable-unreadable', message: expect.stringContaining('leads out of the folder') },
  });
  const other = special.versions[0]!.folder;
  renameSync(join(other, 'model.json'), join(other, 'kept.json'));
  execFileSync('mkfifo', [join(other, 'model.json')]);
  expect(await draftImage(requestOf([special], { base }))).toMatchObject({
    failure: { code: 'servable-unreadable', message: expect.stringContaining('is no file') },
  });
  // A link that stays inside is a file.
  const own = await timesModel('times', 2);
  renameSync(join(own.versions[0]!.folder, 'model.onnx'), join(own.versions[0]!.folder, 'kept.onnx'));
  symlinkSync('kept.onnx', join(own.versions[0]!.folder, 'model.onnx'));
  expect((await draftImage(requestOf([own], { base }))).ok).toBe(true);
});

it('removes and overwrites nothing that no build wrote, and writes through no link', async () => {
  await using registry = await fakeRegistry();
  putBase(registry, 'base', '1');
  const drafted = await draft([await timesModel('times', 2)], { base: `${registry.host}/base:1` });
  const [mine, linked, elsewhere] = [scratch(), scratch(), scratch()];
  mkdirSync(join(mine, 'context'));
  writeFileSync(join(mine, 'context/thesis.txt'), 'years of work');
  expect(await writeContext(drafted, mine)).toMatchObject({ failure: { code: 'deploy-image-folder-taken' } });
  expect(readFileSync(join(mine, 'context/thesis.txt'), 'utf8')).toBe('years of work');
  writeFileSync(join(elsewhere, 'Dockerfile'), 'theirs');
  symlinkSync(elsewhere, join(linked, 'context'));
  expect(await writeContext(drafted, linked)).toMatchObject({
    failure: { code: 'deploy-image-folder-taken' },
  });
  const output = scratch();
  const target = join(elsewhere, 'profile');
  writeFileSync(target, 'theirs');
  for (const file of ['sbom.cdx.json', 'image.json']) symlinkSync(target, join(output, file));
  expect((await writeContext(drafted, output)).ok).toBe(true);
  const options = { output, layerCache: join(output, 'cache'), environment: {} };
  expect((await writeImage(drafted, options)).ok).toBe(true);
  expect(readFileSync(target, 'utf8')).toBe('theirs');
  expect(readFileSync(join(elsewhere, 'Dockerfile'), 'utf8')).toBe('theirs');
});

it('needs no registry for the context of a base that is named by digest, nor for an image of one that was fetched', async () => {
  const registry = await fakeRegistry();
  const digest = putBase(registry, 'base', '1', { architectures: ['amd64', 'arm64'] });
  const models = [await timesModel('times', 2)];
  const cache = join(scratch(), 'layers');
  const [tagged, pinned] = [`${registry.host}/base:1`, `${registry.host}/base@${digest}`];
  const online = await draft(models, { base: pinned, cache });
  expect(existsSync(cache)).toBe(false);
  const output = scratch();
  await keepBase(online.base, cache);
  await writeImage(online, { output, layerCache: cache, environment: {} });
  await registry[Symbol.asyncDispose]();

  // Fetched before: the same image to the last digit, layers and all.
  const again = await draft(models, { base: pinned, cache });
  expect(again.facts).toEqual(online.facts);
  expect((await writeImage(again, { output: scratch(), layerCache: cache, environment: {} })).ok).toBe(true);
  // What a tag stands for today, only the registry knows.
  const because = {
    code: 'deploy-registry-unreachable',
    message: expect.stringContaining(`The base ${tagged} cannot be looked up`),
    remedy: expect.stringMatching(/--base .*image: \{ base: /s),
  };
  expect(await draftContext(requestOf(models, { base: tagged, cache }))).toMatchObject({ failure: because });
  // Never fetched: the context is whole, and the image has no digest yet.
  const context = await draftContext(requestOf(models, { base: pinned }));
  if (!context.ok) throw new Error(context.failure.message);
  expect(context.value).not.toHaveProperty('base');
  expect(context.value.dockerfile).toContain(`FROM ${pinned} AS checked\n`);
  expect(context.value.facts).not.toHaveProperty('digest');
  expect((await writeContext(context.value, scratch())).ok).toBe(true);
  expect(await draftImage(requestOf(models, { base: pinned }))).toMatchObject({
    failure: { code: 'deploy-registry-unreachable' },
  });
  const distroless = `${registry.host}/distroless/nodejs22-debian12@${digest}`;
  expect(await draftContext(requestOf(models, { base: distroless }))).toMatchObject({
    value: { dockerfile: expect.stringContaining('ENTRYPOINT ["/nodejs/bin/node","/app/server.mjs"]') },
  });
});

it('believes nothing of its cache that is not what the digest is of', async () => {
  await using registry = await fakeRegistry();
  const digest = putBase(registry, 'base', '1');
  const cache = scratch();
  writeFileSync(join(cache, digest.slice('sha256:'.length)), '{"config":{"digest":"sha256:0"},"layers":[]}');
  const models = [await timesModel('times', 2)];
  const drafted = await draft(models, { base: `${registry.host}/base@${digest}`, cache });
  expect(drafted.base.digest).toBe(digest);
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
