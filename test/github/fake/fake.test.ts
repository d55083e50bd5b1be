import { describe, expect, test } from 'vitest';
import { githubRig, repository } from '../rig.ts';
import { description } from './description.ts';
import { badGateway, brokenConnection, slowAnswer, tooManyRequests } from './index.ts';

describe("the fake of GitHub's API: what it takes", () => {
  test('knows the calls of the official description and no others', async () => {
    await using rig = await githubRig();
    expect(await rig.send('GET', '//milestones')).toMatchObject({ status: 501 });
    expect(await rig.send('GET', '//issues/1/timeline')).toMatchObject({ status: 501 });
    expect(await rig.send('GET', '/repos/octo/other/issues')).toMatchObject({ status: 404 });
    const query = 'query { repository(owner: "octo", name: "hearts") { noSuchField } }';
    const answer = await rig.send('POST', '/graphql', { query });
    expect(answer.json.errors[0].message).toContain('noSuchField');
  });

  test('refuses bodies, parameters and versions that are not described', async () => {
    await using rig = await githubRig();
    rig.github.addIssue({ title: 'One' });
    for (const [method, path, body] of [
      ['POST', '//issues', {}],
      ['POST', '//issues', { title: 'x', colour: 'red' }],
      ['POST', '//git/trees', { tree: 'a' }],
      ['GET', '//issues?per_page=many', undefined],
      ['GET', '//issues?page_size=3', undefined],
      ['GET', '//issues/1', { a: 1 }],
      ['POST', '//deployments', { ref: 'main', environment: 7 }],
    ] as const) {
      if (method === 'GET' && body !== undefined) continue;
      expect(await rig.send(method, path, body), path).toMatchObject({ status: 422 });
    }
    const odd = await rig.send('GET', '//issues', undefined, { 'x-github-api-version': '1999-01-01' });
    expect(odd.status).toBe(400);
    expect((await rig.send('GET', '//issues', undefined, { authorization: 'Bearer who' })).status).toBe(401);
  });

  test('stops its own wrong answers: the description is asked for every good one', () => {
    const { operation } = description().match('GET', `/repos/${repository}/issues/comments/1`)!;
    expect(description().answerProblems(operation, 200, { id: 'one' })).not.toEqual([]);
    expect(description().answerProblems(operation, 201, {})).not.toEqual([]);
  });

  test.each([
    ['a comment', '//issues/1/comments', (body: string) => ({ body })],
    ['an issue', '//issues', (body: string) => ({ title: 'x', body })],
  ])('takes 65,536 characters in %s, and not one more', async (_, path, shape) => {
    await using rig = await githubRig();
    rig.github.addIssue({ title: 'One' });
    expect((await rig.send('POST', path, shape('é'.repeat(65_536)))).status).toBe(201);
    expect((await rig.send('POST', path, shape('é'.repeat(65_537)))).status).toBe(422);
  });

  test('gives lists in pages with their addresses', async () => {
    await using rig = await githubRig();
    rig.github.addIssue({ title: 'One' });
    for (let i = 0; i < 300; i++) rig.github.addComment({ issue: 1, author: 'ada', body: `${i}` });
    const first = await rig.send('GET', '//issues/1/comments?per_page=100');
    expect(first.json).toHaveLength(100);
    expect(first.headers.get('link')).toContain('page=2>; rel="next"');
    expect(first.headers.get('link')).toContain('page=3>; rel="last"');
    const last = await rig.send('GET', '//issues/1/comments?per_page=100&page=3');
    expect(last.json.at(-1).body).toBe('299');
    expect(last.headers.get('link')).not.toContain('rel="next"');
    expect((await rig.send('GET', '//issues/1/comments')).json).toHaveLength(30);
  });
});

describe("the fake of GitHub's API: faults on demand", () => {
  test('breaks an answer before the work, after it, and in its middle', async () => {
    await using rig = await githubRig();
    const { faults, issues } = rig.github.world;
    const create = () => rig.send('POST', '//issues', { title: 'x' });
    faults.push(badGateway('before'));
    expect([(await create()).status, issues.size]).toEqual([502, 0]);
    faults.push(badGateway('after'));
    expect([(await create()).status, issues.size]).toEqual([502, 1]);
    faults.push(brokenConnection('mid-answer'), brokenConnection('before-answer'));
    await expect(create()).rejects.toThrow();
    await expect(create()).rejects.toThrow();
    expect(issues.size).toBe(3);
    faults.push(tooManyRequests(3, 'issues/list-for-repo'), slowAnswer(20));
    expect((await create()).status).toBe(201);
    expect((await rig.send('GET', '//issues')).headers.get('retry-after')).toBe('3');
    expect((await rig.send('GET', '//issues')).status).toBe(200);
  });
});
