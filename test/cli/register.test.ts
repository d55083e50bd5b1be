import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelVersion, RegisterEvent } from '../../src/registry/index.ts';
import type { Answer } from '../rig/repository.ts';
import { Repository } from '../rig/repository.ts';

/** One story, told in the order of the tests. */
describe('from a run to production on heart-disease', () => {
  let repository: Repository;
  let remote: string;
  const call = (...args: string[]): Promise<Answer> => repository.trainyard(...args);
  const onRemote = (...args: string[]): string =>
    execFileSync('git', ['-C', remote, ...args], { encoding: 'utf8' }).trim();

  beforeAll(async () => {
    repository = Repository.withHeartDisease();
    remote = mkdtempSync(join(tmpdir(), 'trainyard-remote-'));
    repository.git('init', '--quiet', '--bare', remote);
    repository.git('remote', 'add', 'origin', remote);
    repository.git('config', 'user.name', 'Ada');
    repository.git('config', 'user.email', 'ada@example.org');
    expect((await call('run', 'heart-disease')).code).toBe(0);
  }, 120_000);
  afterAll(() => {
    repository[Symbol.dispose]();
    rmSync(remote, { recursive: true, force: true });
  });

  it('does not register a commit that nobody else can see', async () => {
    const refused = await call('register', 'heart-disease');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('registry-commit-unpublished');
    repository.git('push', '--quiet', 'origin', 'main');
  });

  it('V3: tells what it would register, and changes nothing', async () => {
    const dry = await call('register', 'heart-disease', '--dry-run');
    expect(dry.code, dry.stderr).toBe(0);
    expect(dry.stdout).toContain('heart-disease@v1.0.0 would be');
    expect(repository.git('tag').trim()).toBe('');
    expect(onRemote('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  });

  it('V3, V4: registers, shares the record, and brings the version to the automatic stage', async () => {
    const done = await call('register', 'heart-disease', '--why', 'the first one');
    expect(done.code, done.stderr).toBe(0);
    expect(done.stdout).toContain('heart-disease@v1.0.0 is the model of run');
    expect(done.stdout).toContain('It came to staging by itself.');
    expect(done.stdout).toContain('Next: trainyard promote heart-disease@v1.0.0 --to production');
    expect(onRemote('tag')).toBe('heart-disease#staging#1\nheart-disease@v1.0.0');
    const event = JSON.parse(
      onRemote('for-each-ref', '--format=%(contents)', 'refs/tags/heart-disease@v1.0.0'),
    ) as RegisterEvent;
    const [year, month, day] = [event.run.slice(0, 4), event.run.slice(4, 6), event.run.slice(6, 8)];
    const path = `runs/heart-disease/${year}/${month}/${day}/${event.run}.json`;
    expect(JSON.parse(onRemote('show', `trainyard/runs:${path}`))).toMatchObject({ id: event.run });
  });

  it('V4: promotes to production, where the gates are judged anew', async () => {
    const done = await call('promote', 'heart-disease', '--to', 'production');
    expect(done.code, done.stderr).toBe(0);
    expect(onRemote('tag').split('\n')).toContain('heart-disease#production#2');
    const shown = await call('models', 'show', 'heart-disease@v1.0.0', '--json');
    const { version } = JSON.parse(shown.stdout) as { version: ModelVersion };
    expect(version.stages).toEqual(['staging', 'production']);
  });

  it('is done at once when the same bytes are registered again', async () => {
    const again = await call('register', 'heart-disease', '--json');
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ kind: 'already', version: 'v1.0.0', automatic: [] });
  });

  it('V7: writes the card of what stands in production', async () => {
    repository.write('pipelines/heart-disease/model-card.md', '## Limits\n\nNot a medical device.\n');
    const card = await call('models', 'card', 'heart-disease#production', '--output', 'cards/README.md');
    expect(card.code, card.stderr).toBe(0);
    const text = repository.read('cards/README.md');
    expect(text).toContain('# heart-disease v1.0.0');
    expect(text).toContain('Not a medical device.');
    expect(text).toContain('| **`v1.0.0`** |');
    expect(text).toMatch(/pipeline_tag: tabular-classification/);
    expect(text).not.toMatch(/P[0-3][0-9]{2}\b/);
    expect(text).not.toContain('ada@example.org');
    rmSync(join(repository.folder, 'cards'), { recursive: true });
  });

  it('V3: counts the next version by what has changed, and refuses a run with uncommitted changes', async () => {
    const file = 'pipelines/heart-disease/pipeline.yaml';
    repository.edit(file, '[fbs, exang] }', '[fbs, exang], scale: standard }');
    repository.edit(file, 'trees: 200', 'trees: 50');
    const run = await call('run', 'heart-disease');
    expect(run.code, run.stdout + run.stderr).toBe(0);
    const dirty = await call('register', 'heart-disease');
    expect(dirty.code).toBe(2);
    expect(dirty.stderr).toContain('registry-run-dirty');
    repository.commit('Scale more features');
    repository.git('push', '--quiet', 'origin', 'main');
    expect((await call('run', 'heart-disease')).code).toBe(0);
    const done = await call('register', 'heart-disease', '--no-promote');
    expect(done.code, done.stderr).toBe(0);
    expect(done.stdout).toContain('heart-disease@v1.1.0 is the model of run');
    expect(done.stdout).toContain('minor: since v1.0.0: the declared features have changed');
    expect(onRemote('tag', '--list', '*staging*')).toBe('heart-disease#staging#1');
  }, 120_000);

  it('V3: takes no older run in the place of the newest one that failed its gates', async () => {
    const file = 'pipelines/heart-disease/pipeline.yaml';
    repository.edit(file, 'min: 0.85', 'min: 0.99');
    repository.commit('Ask for more');
    repository.git('push', '--quiet', 'origin', 'main');
    expect((await call('run', 'heart-disease')).code).toBe(1);
    const refused = await call('register', 'heart-disease');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('registry-run-verdict-failed');
    expect(refused.stderr).toContain('--run <id>');
    expect(onRemote('tag', '--list', 'heart-disease@*').split('\n')).toHaveLength(2);
  }, 120_000);
});
