import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRepository } from '../../src/git/index.ts';
import { value } from '../git/rig.ts';
import { assignment, done, ledgerOn, registration } from '../registry/rig.ts';
import { Repository } from '../rig/repository.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/registry.md', import.meta.url)), 'utf8');
const commands = [...page.matchAll(/^trainyard (.+)$/gm)].map((match) => match[1]!);

let repository: Repository;

beforeAll(async () => {
  repository = new Repository();
  repository.write('trainyard.yaml', 'version: 1\nstages: [{ name: staging }, { name: production }]\n');
  repository.git('init', '--quiet', '--initial-branch=main');
  repository.commit('Start');
  const commit = repository.git('rev-parse', 'HEAD').trim();
  const ledger = ledgerOn(value(await openRepository(repository.folder))!);
  await done(ledger, registration('v1.4.0'), { commit, time: new Date('2026-02-01T12:00:00Z') });
  await done(ledger, assignment('v1.4.0', 'production'), { commit, time: new Date('2026-02-02T12:00:00Z') });
});
afterAll(() => repository[Symbol.dispose]());

describe('the page of the registry', () => {
  it('shows commands', () => {
    expect(commands.length).toBeGreaterThan(5);
  });

  it.each(commands)('V4 shows a command that works: trainyard %s', async (command) => {
    const answer = await repository.trainyard(...command.split(' '));
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(answer.stdout).toContain('v1.4.0');
  });

  it.each([
    ['models', 'list'],
    ['models', 'history', 'heart-disease', '--at', '2026-03-01'],
  ])('V4 shows them as JSON, too: %s %s', async (...command) => {
    const json = JSON.parse((await repository.trainyard(...command, '--json')).stdout) as object;
    expect(JSON.stringify(json)).toContain('v1.4.0');
  });

  it('names grammar that Git takes for names of tags', () => {
    const tags = [...page.matchAll(/^\| `([^`|]+[@#][^`|]+)` \|/gm)].map((match) => match[1]!);
    expect(tags.length).toBeGreaterThan(4);
    for (const tag of tags) execFileSync('git', ['check-ref-format', join('refs/tags', tag)]);
  });

  it('V3 is right about mistakes: exit code 2, with the name that was meant', async () => {
    const answer = await repository.trainyard('models', 'show', 'heart-desease');
    expect(answer.code).toBe(2);
    expect(answer.stderr).toContain('did you mean "heart-disease"?');
  });
});
