import { expect, test } from 'vitest';
import { openGithubForge } from '../../src/github/index.ts';
import { gitRig } from '../git/rig.ts';
import { githubFake } from './fake/index.ts';

const sleep = async (): Promise<void> => undefined;

test('P3 asks who is in a team; invited is not in, and a team that nobody shows is not known', async () => {
  await using rig = await gitRig();
  await rig.git('.', 'init', '-q', '--bare', 'origin.git');
  await using api = await githubFake({ gitFolder: `${rig.path}/origin.git`, repository: 'octo/hearts' });
  api.world.teams.set(
    'octo/release-managers',
    new Map([
      ['ada', 'active'],
      ['bob', 'pending'],
    ] as const),
  );
  const forge = openGithubForge({
    environment: { GITHUB_TOKEN: 'good', GITHUB_API_URL: api.origin },
    sleep,
  })!;
  const ask = (account: string, team = 'octo/release-managers') => forge.isMember(team, account);
  expect(await ask('ada')).toEqual({ ok: true, value: true });
  expect(await ask('bob')).toEqual({ ok: true, value: false });
  expect(await ask('eve')).toEqual({ ok: true, value: false });
  expect(await ask('ada', 'octo/secret')).toMatchObject({ ok: false, failure: { code: 'github-not-found' } });
  const stolen = openGithubForge({
    environment: { GITHUB_TOKEN: 'bad', GITHUB_API_URL: api.origin },
    sleep,
  })!;
  expect(await stolen.isMember('octo/release-managers', 'ada')).toMatchObject({
    ok: false,
    failure: { code: 'github-denied' },
  });
});

test('is not there without a token', () => {
  expect(openGithubForge({ environment: {}, sleep })).toBeUndefined();
});
