import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildReport } from '../../src/commands/index.ts';
import type { FakeRegistry } from '../deploy/image/fake-registry.ts';
import { fakeRegistry, putBase } from '../deploy/image/fake-registry.ts';
import { Repository } from '../rig/repository.ts';

let registry: FakeRegistry;
let repository: Repository;

beforeAll(async () => {
  registry = await fakeRegistry();
  putBase(registry, 'base', '1', { architectures: ['amd64', 'arm64'] });
  repository = Repository.withHeartDisease();
  repository.edit(
    'trainyard.yaml',
    'version: 1\n',
    `version: 1\nimage: { base: "${registry.host}/base:1" }\n`,
  );
  repository.commit('Choose a base image');
  expect((await repository.trainyard('run', 'heart-disease')).code).toBe(0);
}, 60_000);
afterAll(async () => {
  repository[Symbol.dispose]();
  await registry[Symbol.asyncDispose]();
});

async function report(...args: readonly string[]): Promise<BuildReport> {
  const answer = await repository.trainyard('build', ...args, '--json');
  expect(answer.code, answer.stderr).toBe(0);
  return JSON.parse(answer.stdout) as BuildReport;
}

async function refusal(...args: readonly string[]): Promise<readonly [number, string]> {
  const answer = await repository.trainyard('build', ...args, '--json');
  const { failures } = JSON.parse(answer.stdout) as {
    readonly failures: readonly { readonly code: string }[];
  };
  return [answer.code, failures[0]!.code];
}

describe('trainyard build', () => {
  it('--dry-run says which image it would be and writes nothing; --context-only writes what Docker builds it from', async () => {
    const planned = await report('run:latest', '--dry-run');
    expect(planned.done).toBe('planned');
    expect(planned.image.repository).toBe('trainyard/heart-disease');
    expect(planned.image.tag).toMatch(/^run-\d{8}-/);
    expect(existsSync(planned.output)).toBe(false);
    const written = await report('run:latest', '--context-only');
    expect(written.image).toEqual(planned.image);
    expect(readdirSync(join(written.output, 'context')).sort()).toEqual(
      ['.dockerignore', 'Dockerfile', 'check.mjs', 'models', 'runtime', 'server'].sort(),
    );
    expect(existsSync(join(written.output, 'sbom.cdx.json'))).toBe(true);
  });

  it('--push sends the image to the registry of the settings without Docker, under the digest that it had said (P4)', async () => {
    repository.edit('trainyard.yaml', '/base:1" }', `/base:1", registry: "${registry.host}/team" }`);
    const planned = await report('run:latest', '--dry-run');
    const pushed = await report('run:latest', '--push');
    expect(pushed.pushed?.reference).toBe(`${registry.host}/team/heart-disease@${planned.image.digest}`);
    expect(registry.manifests.has(`team/heart-disease@${planned.image.digest}`)).toBe(true);
    const [model] = pushed.image.models;
    expect(model).toMatchObject({
      model: 'heart-disease',
      commit: repository.git('rev-parse', 'HEAD').trim(),
      provenance: { verdict: 'inconclusive' },
    });
    repository.edit('trainyard.yaml', `, registry: "${registry.host}/team"`, '');
  });

  it('without a network says which base helps, and needs none for a context upon a digest', async () => {
    const away = `127.0.0.1:1/base@sha256:${'a'.repeat(64)}`;
    const context = await report('run:latest', '--context-only', '--base', away, '--output', 'offline');
    expect(context).toMatchObject({ done: 'context', image: { base: { name: away } } });
    expect(context.image).not.toHaveProperty('digest');
    const planned = await repository.trainyard('build', 'run:latest', '--dry-run', '--base', away);
    expect(planned).toMatchObject({ code: 0, stdout: expect.stringContaining('digest  not known') });
    const tagged = await repository.trainyard(
      'build',
      'run:latest',
      '--dry-run',
      '--base',
      '127.0.0.1:1/base:1',
    );
    expect(tagged.code).toBe(3);
    expect(tagged.stderr.replaceAll(/\s+/g, ' ')).toMatch(
      /the base 127\.0\.0\.1:1\/base:1 cannot be looked up.*--base <image>.*image: \{ base: /,
    );
  });

  it('writes nowhere that a link in the project leads to', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'trainyard-elsewhere-'));
    const images = join(repository.folder, '.trainyard/images');
    rmSync(images, { recursive: true, force: true });
    symlinkSync(elsewhere, images);
    expect(await refusal('run:latest', '--context-only')).toEqual([2, 'deploy-image-folder-taken']);
    expect(readdirSync(elsewhere)).toEqual([]);
    rmSync(images);
  });

  it('without Docker on the PATH says what to do instead, before it does anything', async () => {
    const answer = await repository.trainyard('build', 'run:latest', '--output', 'never');
    // Where this machine has Docker, there is at least no daemon that this user is told of.
    expect(answer.code).toBe(3);
    expect(answer.stderr).toMatch(/deploy-docker-(missing|failed)/);
    expect(existsSync(join(repository.folder, 'never'))).toBe(false);
  });

  it.each([
    [['run:latest', '--context-only', '--platform', 'windows/amd64'], 2, 'deploy-image-platform'],
    [['run:latest', '--context-only', '--tag', 'Upper/Case'], 2, 'deploy-image-name'],
    [['run:latest', '--push'], 2, 'deploy-image-registry-missing'],
    [['run:latest', '--context-only', '--base', '127.0.0.1:1/base'], 3, 'deploy-registry-unreachable'],
    [['heart-disease', '--context-only'], 2, 'registry-model-unknown'],
  ] as const)('refuses %j with exit code %i, %s', async (args, code, failure) => {
    expect(await refusal(...args)).toEqual([code, failure]);
  });

  it('builds nothing that nobody signed for where the settings ask for signatures, and nothing whose bytes were changed (P4)', async () => {
    repository.edit('trainyard.yaml', '/base:1" }', '/base:1", provenance: true }');
    expect(await refusal('run:latest', '--context-only')).toEqual([1, 'deploy-image-provenance']);
    repository.edit('trainyard.yaml', ', provenance: true', '');
    const { image } = await report('run:latest', '--dry-run');
    const name = image.models[0]!.digest.slice('sha256:'.length);
    const file = join(repository.folder, '.trainyard/store/sha256', name.slice(0, 2), name.slice(2));
    chmodSync(file, 0o644);
    writeFileSync(file, 'other bytes');
    expect(await refusal('run:latest', '--context-only')).toEqual([3, 'store-blob-corrupted']);
  });
});
