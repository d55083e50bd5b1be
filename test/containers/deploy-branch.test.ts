import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DeploymentLock } from '../../src/deploy/index.ts';
import type { Repository } from '../rig/repository.ts';
import { addressOf, docker, startContainer } from './rig/containers.ts';
import { deployable, goldenRow, newVersion, succeeds } from './rig/deployed.ts';

let repository: Repository;

beforeAll(async () => {
  repository = await deployable();
  await newVersion(repository);
  await succeeds(repository, 'promote', 'heart-disease', '--to', 'production');
});
afterAll(() => repository[Symbol.dispose]());

it('P4 whoever follows the branch pulls by the digest of the lock, and gets the version that was promoted', async () => {
  await succeeds(repository, 'deploy', 'heart-disease', '--to', 'production');
  const lock = JSON.parse(
    repository.git('show', 'deploy/production:locks/heart-disease.json'),
  ) as DeploymentLock;
  const reference = `${lock.image.repository}@${lock.image.digest}`;
  const manifest = repository.git('show', 'deploy/production:kubernetes/heart-disease/base/deployment.yaml');
  expect(manifest).toContain(`image: ${reference}`);
  await docker('pull', '--quiet', reference);
  const locks = ['--read-only', '--cap-drop=ALL', '--user=65532:65532', '--tmpfs=/tmp:size=16m'];
  await using container = await startContainer(['--publish=127.0.0.1::8080', ...locks, reference]);
  const address = await addressOf(container.id, 8080);
  const ready = async (): Promise<number | undefined> => {
    const signal = AbortSignal.timeout(2000);
    const asked = await fetch(`http://${address}/health/ready`, { signal }).catch(() => undefined);
    await asked?.text();
    return asked?.status;
  };
  await expect.poll(ready, { timeout: 20_000 }).toBe(200);
  await succeeds(repository, 'deploy', 'heart-disease', '--to', 'production', '--image', reference);
  const answer = await fetch(`http://${address}/predict/heart-disease`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: goldenRow(repository),
  });
  expect(await answer.json()).toMatchObject({ version: lock.name, run: lock.run, commit: lock.commit });
});

it('the same deployment again builds the same image, and makes no commit', async () => {
  const before = repository.git('rev-parse', 'deploy/production');
  const again = await succeeds(repository, 'deploy', 'heart-disease', '--to', 'production', '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ branch: { changed: [] } });
  expect(repository.git('rev-parse', 'deploy/production')).toBe(before);
});

it('--dry-run says what would change without the registry of a base that is named by digest', async () => {
  const settings = repository.read('trainyard.yaml');
  const away = `127.0.0.1:1/base/node@sha256:${'a'.repeat(64)}`;
  repository.write('trainyard.yaml', settings.replace(/base: "[^"]+"/, `base: "${away}"`));
  const before = repository.git('rev-parse', 'deploy/production');
  const planned = await succeeds(
    repository,
    'deploy',
    'heart-disease',
    '--to',
    'production',
    '--dry-run',
    '--json',
  );
  const report = JSON.parse(planned.stdout) as { readonly image: string; readonly branch: object };
  expect(report.image).toMatch(/\/heart-disease:v1\.0\.0$/);
  expect(report.branch).toMatchObject({
    changed: expect.arrayContaining(['kubernetes/heart-disease/base/deployment.yaml']),
  });
  // A digest that nobody knows is not told.
  expect(planned.stdout).not.toContain('0'.repeat(64));
  const refused = await repository.trainyard('deploy', 'heart-disease', '--to', 'production');
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('image: { base: ... }') });
  expect(repository.git('rev-parse', 'deploy/production')).toBe(before);
  repository.write('trainyard.yaml', settings);
});
