import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Repository } from '../rig/repository.ts';
import { keyPair, pemOf, privatePemOf } from './rig.ts';

it('P4: a model is attested when it is registered, verifies, and is refused when its bytes are changed', async () => {
  const pair = keyPair();
  using repository = Repository.withHeartDisease({ env: { TRAINYARD_SIGNING_KEY: privatePemOf(pair) } });
  const settings = repository.read('trainyard.yaml');
  repository.write('trainyard.yaml', `${settings}\nprovenance: { keys: [trust.pub] }\n`);
  repository.write('trust.pub', pemOf(pair));
  repository.commit('Trust a key');
  const run = await repository.trainyard('run', 'heart-disease');
  expect([run.code, run.stderr]).toEqual([0, expect.any(String)]);
  const registered = await repository.trainyard('register', 'heart-disease');
  expect([registered.code, registered.stderr]).toEqual([0, '']);
  const verified = await repository.trainyard('models', 'verify', 'heart-disease', '--json');
  const { verification } = JSON.parse(verified.stdout);
  expect([verified.code, verification.verdict]).toEqual([0, 'pass']);

  const folder = join(repository.folder, '.trainyard/store');
  const digits = verification.digest.slice('sha256:'.length);
  const blob = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find(
    (path) => path.endsWith(digits) || path.replaceAll('/', '').endsWith(digits),
  );
  expect(blob).toBeDefined();
  writeFileSync(join(folder, blob!), 'other bytes');
  const tampered = await repository.trainyard('models', 'verify', 'heart-disease', '--json');
  expect(tampered.code).toBe(1);
  expect(JSON.parse(tampered.stdout).verification.checks[0]).toMatchObject({
    check: 'model',
    verdict: 'fail',
  });
});
