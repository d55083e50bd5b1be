import { expect, test } from 'vitest';
import { pusherOf } from '../../src/commands/identity.ts';

const tag = { name: 'hearts#production#7', target: 'a'.repeat(40), id: 'b'.repeat(40) };
const push = {
  GITHUB_ACTIONS: 'true',
  GITHUB_EVENT_NAME: 'push',
  GITHUB_REF: 'refs/tags/hearts#production#7',
  GITHUB_SHA: tag.target,
  GITHUB_ACTOR: 'ada',
};

test('P3 a pushed tag is asked for by the account whose push of this very tag started the job', () => {
  expect(pusherOf(push, tag)).toBe('@ada');
  expect(pusherOf({ ...push, GITHUB_SHA: tag.id }, tag)).toBe('@ada');
});

test.each([
  ['a job that was dispatched', { GITHUB_EVENT_NAME: 'workflow_dispatch' }],
  ['a job of another tag', { GITHUB_REF: 'refs/tags/hearts#production#8' }],
  ['a job of a branch', { GITHUB_REF: 'refs/heads/main' }],
  ['a tag that was moved since', { GITHUB_SHA: 'c'.repeat(40) }],
  ['a shell', { GITHUB_ACTIONS: '' }],
])('P3 nobody answers for a tag in %s', (_, change) => {
  expect(pusherOf({ ...push, ...change }, tag)).toBeUndefined();
});
