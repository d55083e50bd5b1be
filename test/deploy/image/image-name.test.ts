import fc from 'fast-check';
import { expect, it } from 'vitest';
import { registryOf } from '../../../src/deploy/image/image-name.ts';
import { readImageName, repositoryOf } from '../../../src/deploy/index.ts';

const digest = `sha256:${'0a'.repeat(32)}`;

it.each([
  ['node', undefined, 'node', undefined, undefined],
  ['node:22-bookworm-slim', undefined, 'node', '22-bookworm-slim', undefined],
  [
    'gcr.io/distroless/nodejs22-debian12:nonroot',
    'gcr.io',
    'distroless/nodejs22-debian12',
    'nonroot',
    undefined,
  ],
  ['127.0.0.1:5000/base/node:20', '127.0.0.1:5000', 'base/node', '20', undefined],
  ['localhost/x', 'localhost', 'x', undefined, undefined],
  ['trainyard/heart-disease:v1.4.0', undefined, 'trainyard/heart-disease', 'v1.4.0', undefined],
  [`a.b/c:1@${digest}`, 'a.b', 'c', '1', digest],
  [`a.b/c@${digest}`, 'a.b', 'c', undefined, digest],
])('reads the parts of %s', (text, host, path, tag, found) => {
  const name = readImageName(text);
  if (!name.ok) throw new Error(name.failure.message);
  expect(name.value).toEqual(
    Object.fromEntries(
      Object.entries({ host, path, tag, digest: found }).filter(([, value]) => value !== undefined),
    ),
  );
});

it.each([
  '',
  ':tag',
  'Team/model',
  'a.b/',
  'a.b//c',
  'node:',
  'node:-x',
  `node:${'x'.repeat(129)}`,
  'node@sha256:12',
  'a b/c',
  '-x.io/c',
  'x.io:1234567/c',
  '../etc/passwd',
  'a.b/../c',
  'http://a.b/c',
])('refuses the name %j, and says what a name looks like', (text) => {
  const name = readImageName(text);
  expect(name).toMatchObject({ ok: false, failure: { code: 'deploy-image-name', kind: 'input' } });
});

it('looks for names without a host where Docker does', () => {
  const place = (text: string) => {
    const name = readImageName(text);
    return name.ok ? registryOf(name.value) : undefined;
  };
  expect(place('node:22')).toEqual({ host: 'registry-1.docker.io', path: 'library/node' });
  expect(place('docker.io/team/x')).toEqual({ host: 'registry-1.docker.io', path: 'team/x' });
  expect(place('ghcr.io/team/x')).toEqual({ host: 'ghcr.io', path: 'team/x' });
});

it('never throws, and writes back the repository that it read', () => {
  const unit = fc.constantFrom(...'aB0.:/@-_ \n%');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
      const name = readImageName(text);
      if (name.ok) expect(text.startsWith(repositoryOf(name.value))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
