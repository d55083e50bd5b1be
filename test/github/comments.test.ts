import { describe, expect, test } from 'vitest';
import { permissionOf, upsertComment, upsertIssue } from '../../src/github/index.ts';
import { value } from '../git/rig.ts';
import type { Fault } from './fake/index.ts';
import {
  actionsBot,
  badGateway,
  brokenConnection,
  meanwhile,
  retryAfter,
  secondaryLimit,
  tooManyRequests,
} from './fake/index.ts';
import { githubRig } from './rig.ts';

const marker = '<!-- trainyard:report heart-disease -->';

describe('the comment that is kept up to date (P1)', () => {
  test('is made once, changed in place, and left alone when it says the same', async () => {
    await using rig = await githubRig();
    const { number: issue } = rig.github.addIssue({ title: 'A change' });
    const access = await rig.access();
    const keep = async (body: string) => value(await upsertComment(access, { issue, marker, body }));
    const created = await keep('first');
    expect(created).toMatchObject({ kind: 'created', url: expect.stringContaining('#issuecomment-') });
    expect(await keep('second')).toEqual({ ...created, kind: 'updated' });
    const writes = rig.github.seen.filter((call) => /^(POST|PATCH) issues/.test(call)).length;
    expect(await keep('second\r\n')).toEqual({ ...created, kind: 'same' });
    expect(rig.github.seen.filter((call) => /^(POST|PATCH) issues/.test(call))).toHaveLength(writes);
    const [comment, ...others] = rig.github.world.comments.values();
    expect(others).toEqual([]);
    expect(comment).toMatchObject({ body: `${marker}\nsecond`, author: actionsBot });
  });

  test('is found over all pages, and is not taken from somebody else who copied its marker', async () => {
    await using rig = await githubRig();
    const { number: issue } = rig.github.addIssue({ title: 'A change' });
    const theirs = rig.github.addComment({ issue, author: 'eve', body: `${marker}\nAll is well` });
    for (let i = 0; i < 300; i++) rig.github.addComment({ issue, author: 'ada', body: `Talk ${i}` });
    rig.github.addComment({ issue, author: actionsBot, body: `> ${marker}\nan answer that quotes it` });
    rig.github.addComment({ issue, author: actionsBot, body: '<!-- trainyard:report other -->\nother' });
    const ours = rig.github.addComment({ issue, author: actionsBot, body: `${marker}\nold` });
    const access = await rig.access({ 'pull-requests': 'write', issues: 'write' });
    const kept = value(await upsertComment(access, { issue, marker, body: 'new' }));
    expect(kept).toMatchObject({ kind: 'updated', id: ours.id });
    expect(rig.github.world.comments.get(theirs.id)!.body).toContain('All is well');
    expect(rig.github.world.comments.size).toBe(304);
    expect(rig.github.seen.filter((call) => call === 'GET issues/list-comments 200')).toHaveLength(4);
  });

  test('is one comment whatever goes wrong on the way', async () => {
    await using rig = await githubRig();
    const access = await rig.access();
    const cases: readonly (readonly [string, readonly Fault[]])[] = [
      ['a 502 before it was written', [badGateway('before')]],
      ['a 502 after it was written', [badGateway('after')]],
      ['two such answers', [badGateway('after'), badGateway('after')]],
      ['an answer that breaks off', [brokenConnection('mid-answer')]],
      ['a connection that ends without one', [brokenConnection('before-answer')]],
      ['403 with retry-after', [retryAfter(7)]],
      ['a secondary limit', [secondaryLimit()]],
      ['429', [tooManyRequests(3)]],
      ['a broken list', [badGateway('before', 'issues/list-comments'), badGateway('before')]],
    ];
    for (const [wrong, faults] of cases) {
      const { number: issue } = rig.github.addIssue({ title: wrong });
      const keep = async (body: string) => {
        rig.slept.length = 0;
        rig.github.world.faults.push(...faults);
        return value(await upsertComment(access, { issue, marker, author: actionsBot, body })).kind;
      };
      expect(await keep('one'), wrong).toBe('created');
      expect(await keep('two'), wrong).toBe('updated');
      const there = [...rig.github.world.comments.values()].filter((each) => each.issue === issue);
      expect(there, wrong).toMatchObject([{ body: `${marker}\ntwo` }]);
      expect(rig.slept.length, wrong).toBeGreaterThan(0);
      expect(Math.max(...rig.slept), wrong).toBeLessThanOrEqual(60_000);
    }
  });

  test('is made anew when somebody deletes it between the look and the change', async () => {
    await using rig = await githubRig();
    const { number: issue } = rig.github.addIssue({ title: 'A change' });
    const old = rig.github.addComment({ issue, author: actionsBot, body: `${marker}\nold` });
    rig.github.world.faults.push(
      meanwhile('issues/list-comments', () => void rig.github.world.comments.delete(old.id)),
    );
    const kept = value(await upsertComment(await rig.access(), { issue, marker, body: 'new' }));
    expect(kept.kind).toBe('created');
    expect(rig.github.world.comments.size).toBe(1);
  });

  test('says that nobody knows when GitHub never answers clearly, and does not go on for ever', async () => {
    await using rig = await githubRig();
    const { number: issue } = rig.github.addIssue({ title: 'A change' });
    rig.github.world.faults.push(...Array.from({ length: 20 }, () => badGateway('before')));
    const kept = await upsertComment(await rig.access(), { issue, marker, body: 'x', author: actionsBot });
    expect(kept).toMatchObject({ ok: false, failure: { code: 'github-maybe-done' } });
    expect(rig.github.seen.filter((call) => call.startsWith('POST issues/create-comment'))).toHaveLength(4);
  });

  test('says what the job lacks, and refuses what is too long before it asks', async () => {
    await using rig = await githubRig();
    const { number: issue } = rig.github.addIssue({ title: 'A change' });
    const poor = await rig.access({ contents: 'read', 'pull-requests': 'read' });
    const refused = await upsertComment(poor, { issue, marker, body: 'x' });
    expect(refused).toMatchObject({
      ok: false,
      failure: {
        code: 'github-denied',
        remedy: expect.stringContaining('permissions: pull-requests: write'),
      },
    });
    const asked = rig.github.seen.length;
    const long = await upsertComment(poor, { issue, marker, body: 'x'.repeat(65_536) });
    expect(long).toMatchObject({ ok: false, failure: { code: 'github-too-large' } });
    expect(rig.github.seen).toHaveLength(asked);
    const nowhere = await upsertComment(await rig.access(), { issue: 99, marker, body: 'x' });
    expect(nowhere).toMatchObject({ ok: false, failure: { code: 'github-not-found' } });
    await expect(upsertComment(poor, { issue, marker: 'seen', body: 'x' })).rejects.toThrow('hidden line');
  });
});

describe('the issue that is kept up to date', () => {
  test('is one while it is open, and a new one after it was closed', async () => {
    await using rig = await githubRig();
    const access = await rig.access({ issues: 'write', contents: 'read' });
    const issue = { marker: '<!-- trainyard:drift heart-disease -->', title: 'Drift', label: 'trainyard' };
    const keep = async (body: string) => value(await upsertIssue(access, { ...issue, body }));
    rig.github.world.faults.push(badGateway('after', 'issues/create'));
    const first = await keep('one');
    expect(first.kind).toBe('created');
    expect(await keep('two')).toEqual({ ...first, kind: 'updated' });
    expect(await keep('two')).toEqual({ ...first, kind: 'same' });
    rig.github.world.issues.get(first.number)!.state = 'closed';
    expect(await keep('three')).toMatchObject({ kind: 'created', number: first.number + 1 });
    expect([...rig.github.world.issues.values()].map(({ labels }) => labels)).toEqual([
      ['trainyard'],
      ['trainyard'],
    ]);
  });
});

test('what somebody may do with the repository is asked of GitHub', async () => {
  await using rig = await githubRig();
  rig.github.world.collaborators.set('mia', 'maintain');
  const access = await rig.access({});
  expect(await permissionOf(access, 'mia')).toEqual({ ok: true, value: 'maintain' });
  expect(await permissionOf(access, 'octocat')).toEqual({ ok: true, value: 'admin' });
  expect(await permissionOf(access, 'eve')).toEqual({ ok: true, value: 'none' });
});
