import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { expect, it } from 'vitest';
import { draftImage } from '../../../src/deploy/index.ts';
import { fakeRegistry, putBase } from './fake-registry.ts';
import { contractDigest, requestOf, timesModel } from './models.ts';

const library = dirname(createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json'));

/** The schema of CycloneDX 1.6 as its makers publish it, with the two that it refers to. */
function officialCheck() {
  const read = (name: string) => JSON.parse(readFileSync(join(library, 'res/schema', name), 'utf8'));
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  for (const format of ['iri-reference', 'idn-email']) ajv.addFormat(format, true);
  for (const name of ['spdx.SNAPSHOT.schema.json', 'jsf-0.82.SNAPSHOT.schema.json'])
    ajv.addSchema(read(name), `http://cyclonedx.org/schema/${name}`);
  return ajv.compile(read('bom-1.6.SNAPSHOT.schema.json'));
}

it('lists every package of the bundle with version and licence, the runtime, the base, models and contracts with digests, as CycloneDX 1.6 says (P4)', async () => {
  await using registry = await fakeRegistry();
  const digest = putBase(registry, 'base', '1');
  const models = [await timesModel('times', 2)];
  const drafted = await draftImage(requestOf(models, { base: `${registry.host}/base:1` }));
  if (!drafted.ok) throw new Error(drafted.failure.message);
  const bom = JSON.parse(drafted.value.sbom);
  const check = officialCheck();
  expect(check(bom), JSON.stringify(check.errors?.slice(0, 3))).toBe(true);

  const packages = JSON.parse(readFileSync('dist/server/packages.json', 'utf8'));
  expect(packages.length).toBeGreaterThan(8);
  const components = bom.components as readonly {
    readonly type: string;
    readonly name: string;
    readonly version?: string;
    readonly purl?: string;
    readonly licenses?: unknown;
    readonly hashes?: readonly { readonly content: string }[];
  }[];
  for (const { name, version } of packages) {
    const found = components.find(({ purl }) => purl === `pkg:npm/${name.replace('@', '%40')}@${version}`);
    expect(found?.licenses, name).toBeDefined();
  }
  const hashOf = (type: string, name: string) =>
    components.find((each) => each.type === type && each.name === name)?.hashes?.[0]?.content;
  expect(`sha256:${hashOf('machine-learning-model', 'times')}`).toBe(models[0]!.versions[0]!.digest);
  expect(`sha256:${hashOf('data', 'times contract')}`).toBe(contractDigest);
  expect(`sha256:${hashOf('container', `${registry.host}/base:1`)}`).toBe(digest);
  expect(`sha256:${hashOf('library', 'onnxruntime-node')}`).toBe(drafted.value.facts.parts.runtime);
  // Nobody looked into the base, and the bill says so.
  expect(bom.compositions).toContainEqual({ aggregate: 'unknown', assemblies: ['base'] });
  const { purl } = components.find(({ name }) => name === `${registry.host}/base:1`)!;
  expect(purl).toBe(
    `pkg:oci/base@${encodeURIComponent(digest)}?repository_url=${encodeURIComponent(`${registry.host}/base`)}`,
  );
  expect(bom.metadata.tools.components).toMatchObject([{ name: 'trainyard' }]);
  // Every package whose files stand in the image is named, and every part hangs together.
  const inside = drafted.value.files.runtime.map(
    ({ path }) => /^node_modules\/((@[^/]+\/)?[^/]+)\//.exec(path)![1]!,
  );
  for (const name of new Set(inside)) expect(components.map((each) => each.name)).toContain(name);
  const references = new Set([
    bom.metadata.component['bom-ref'],
    ...bom.components.map((each: { 'bom-ref': string }) => each['bom-ref']),
  ]);
  for (const { ref, dependsOn = [] } of bom.dependencies)
    for (const each of [ref, ...dependsOn]) expect(references).toContain(each);
});

it('names nothing of a bundle that the server does not need', () => {
  const packages: readonly { readonly name: string }[] = JSON.parse(
    readFileSync('dist/server/packages.json', 'utf8'),
  );
  const names = packages.map(({ name }) => name);
  for (const name of ['@duckdb/node-api', 'isomorphic-git', 'vitest', 'esbuild'])
    expect(names).not.toContain(name);
});
