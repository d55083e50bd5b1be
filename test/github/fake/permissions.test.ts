import { createRemoteJWKSet, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { githubRig, repository } from '../rig.ts';

describe("the fake of GitHub's API: who may", () => {
  test('each call takes what the table says, and a refusal names it', async () => {
    await using rig = await githubRig();
    rig.github.addIssue({ title: 'One' });
    rig.github.token('poor', { permissions: {} });
    for (const [method, path, body, accepted] of [
      ['POST', '//issues/1/comments', { body: 'x' }, 'issues=write; pull_requests=write'],
      ['POST', '//issues', { title: 'x' }, 'issues=write'],
      ['POST', '//deployments', { ref: 'main' }, 'deployments=write'],
      ['POST', '//dispatches', { event_type: 'x' }, 'contents=write'],
      ['POST', '//releases', { tag_name: 'v1' }, 'contents=write'],
      ['POST', '//statuses/main', { state: 'success' }, 'statuses=write'],
      ['GET', '//actions/runs', undefined, 'actions=read'],
      ['GET', '//pulls', undefined, 'pull_requests=read'],
      ['GET', '//contents/a.txt', undefined, 'contents=read'],
      ['PUT', '//environments/production', {}, 'profile=write'],
    ] as const) {
      const answer = await rig.send(method, path, body, { authorization: 'Bearer poor' });
      expect([answer.status, answer.json.message]).toEqual([403, 'Resource not accessible by integration']);
      expect(answer.headers.get('x-accepted-github-permissions'), `${method} ${path}`).toBe(accepted);
    }
  });

  test('"pull-requests: write" is enough for the talk of a pull request, and not for an issue', async () => {
    await using rig = await githubRig();
    await rig.branch('change', 'b.txt', 'b\n');
    const { number } = await rig.github.openPull('ada', { headRef: 'change' });
    const issue = rig.github.addIssue({ title: 'One' });
    rig.github.token('reviewer', { permissions: { 'pull-requests': 'write' } });
    const as = { authorization: 'Bearer reviewer' };
    const send = (to: number) => rig.send('POST', `//issues/${to}/comments`, { body: 'x' }, as);
    expect((await send(number)).status).toBe(201);
    expect((await send(issue.number)).status).toBe(403);
  });

  test('a public repository is read with any token', async () => {
    await using rig = await githubRig({ visibility: 'public' });
    rig.github.token('poor', { permissions: {} });
    const as = { authorization: 'Bearer poor' };
    expect((await rig.send('GET', '//contents/a.txt', undefined, as)).status).toBe(200);
    expect((await rig.send('POST', '//issues', { title: 'x' }, as)).status).toBe(403);
  });

  test("a fork's job reads only and has no identity", async () => {
    await using rig = await githubRig();
    const permissions = { contents: 'write', issues: 'write', 'id-token': 'write' } as const;
    const job = await rig.github.job({ permissions, ofFork: true });
    expect(job).not.toHaveProperty('ACTIONS_ID_TOKEN_REQUEST_URL');
    const as = { authorization: `Bearer ${job['GITHUB_TOKEN']}` };
    expect((await rig.send('POST', '//issues', { title: 'x' }, as)).status).toBe(403);
    expect((await rig.send('GET', '//issues', undefined, as)).status).toBe(200);
    expect((await rig.send('GET', '/user', undefined, as)).status).toBe(403);
  });

  test('counts calls and contents, and refuses what is over the limits', async () => {
    let now = Date.parse('2026-11-21T12:00:00Z');
    await using rig = await githubRig({ now: () => new Date(now) });
    rig.github.world.rate.contentsAMinute = 2;
    const create = () => rig.send('POST', '//issues', { title: 'x' });
    expect((await create()).headers.get('x-ratelimit-remaining')).toBe('999');
    await create();
    const third = await create();
    expect([third.status, third.headers.get('retry-after')]).toEqual([403, '60']);
    expect(rig.github.world.issues.size).toBe(2);
    now += 61_000;
    expect((await create()).status).toBe(201);
    rig.github.world.tokens.get('good')!.remaining = 0;
    const over = await rig.send('GET', '//issues');
    expect([over.status, over.headers.get('x-ratelimit-remaining')]).toEqual([403, '0']);
    expect((await rig.send('GET', '/rate_limit')).json.rate.remaining).toBe(0);
  });

  test('gives a job a signed token of its identity that its keys verify', async () => {
    await using rig = await githubRig();
    const job = await rig.github.job({ permissions: { 'id-token': 'write' }, environment: 'production' });
    const url = `${job['ACTIONS_ID_TOKEN_REQUEST_URL']}&audience=sigstore`;
    const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    expect((await fetch(url, bearer('other'))).status).toBe(401);
    const secret = job['ACTIONS_ID_TOKEN_REQUEST_TOKEN']!;
    const { value } = (await (await fetch(url, bearer(secret))).json()) as { value: string };
    const keys = createRemoteJWKSet(new URL(`${rig.github.origin}/.well-known/jwks`));
    const { payload } = await jwtVerify(value, keys, { issuer: rig.github.origin, audience: 'sigstore' });
    expect(payload).toMatchObject({
      sub: `repo:${repository}:environment:production`,
      job_workflow_ref: `${repository}/.github/workflows/main.yml@refs/heads/main`,
      sha: job['GITHUB_SHA'],
    });
  });
});
