import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { jobStore } from '../../src/actions/job-store.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';

const github = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'Acme/Pumps' };

async function storeOf(
  project: string | undefined,
  env: Record<string, string>,
): Promise<string | undefined> {
  await using folder = await temporaryFolder();
  if (project !== undefined) await writeFile(join(folder.path, 'trainyard.yaml'), project);
  return await jobStore({ cwd: folder.path, env });
}

it('T2: jobs on github.com share a package of the repository when the project names a folder of the clone', async () => {
  const own = 'oci://ghcr.io/acme/pumps/trainyard-store';
  expect(await storeOf('version: 1\n', github)).toBe(own);
  expect(await storeOf('version: 1\nstore: file:.trainyard/store\n', github)).toBe(own);
});

it('leaves a store alone that jobs can reach, and everything elsewhere', async () => {
  expect(await storeOf('version: 1\nstore: s3://bucket/prefix\n', github)).toBeUndefined();
  expect(await storeOf('version: 1\nstore: file:/shared/store\n', github)).toBeUndefined();
  expect(await storeOf('version: 1\nstore: file:///shared/store\n', github)).toBeUndefined();
  expect(
    await storeOf('version: 1\n', { ...github, GITHUB_SERVER_URL: 'https://git.acme.test' }),
  ).toBeUndefined();
  expect(await storeOf('version: 1\n', { ...github, TRAINYARD_STORE: 's3://bucket' })).toBeUndefined();
});

it('says nothing of a project that cannot be read: the next step does', async () => {
  expect(await storeOf(undefined, github)).toBe('oci://ghcr.io/acme/pumps/trainyard-store');
  expect(await storeOf('version: [', github)).toBeUndefined();
});
