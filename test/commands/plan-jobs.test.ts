import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meetsFilters } from '../../src/commands/filter-paths.ts';
import type { Occasion } from '../../src/commands/index.ts';
import { init, planJobs, processEffects, run, validate } from '../../src/commands/index.ts';

describe('filters of paths', () => {
  it.each([
    ['src/a.py', ['src/*.py'], true],
    ['src/b/a.py', ['src/*.py'], false],
    ['src/b/a.py', ['src/**'], true],
    ['a.py', ['**/a.py'], true],
    ['x/y/a.py', ['**/a.py'], true],
    ['x/.hidden', ['x/*'], true],
    ['docs/a.md', ['**', '!docs/**'], false],
    ['docs/a.md', ['!docs/**', '**'], true],
    ['ab', ['ab?'], true],
    ['a', ['ab?'], true],
    ['a1', ['a[0-9]'], true],
    ['a.b', ['a.b'], true],
    ['axb', ['a.b'], false],
  ] as const)('%s against %j: %s, as GitHub reads them', (path, filters, met) => {
    expect(meetsFilters([path], filters)).toBe(met);
  });
});

describe('the plan of jobs', () => {
  let folder: string;
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
      encoding: 'utf8',
    }).trim();
  const commit = (): string => {
    git('add', '-A');
    git('commit', '-q', '-m', 'x');
    return git('rev-parse', 'HEAD');
  };
  const effects = () =>
    processEffects({ cwd: folder, env: { PATH: process.env['PATH'] }, signal: new AbortController().signal });
  const file = (name: string): string => join(folder, 'pipelines', name, 'pipeline.yaml');
  const change = (name: string, from: string, to: string): void =>
    writeFileSync(file(name), readFileSync(file(name), 'utf8').replace(from, to));
  const names = async (occasion: Occasion): Promise<readonly string[]> => {
    const planned = await planJobs({ occasion }, effects());
    if (!planned.ok) throw new Error(JSON.stringify(planned.failure));
    return planned.value.concerned.map(({ name }) => name);
  };
  let first: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trainyard-plan-'));
    git('init', '-q', '-b', 'main');
    await init({ version: '1.0.0', workflows: false }, { cwd: folder, env: {} });
    cpSync(join(folder, 'pipelines/pump-failure'), join(folder, 'pipelines/other'), { recursive: true });
    change('other', 'name: pump-failure', 'name: other');
    change('other', 'push: { paths: [pipelines/pump-failure/**] }', 'data: {}');
    change('other', '17 3 * * *', '0 5 * * *');
    first = commit();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('names the pipelines that a change concerns, by their filters or by what they read (T2)', async () => {
    writeFileSync(join(folder, 'notes.md'), 'x');
    commit();
    expect(await names({ kind: 'pull_request', base: first, branch: 'main' })).toEqual([]);
    change('pump-failure', 'trees: 100', 'trees: 120');
    const second = commit();
    expect(await names({ kind: 'pull_request', base: first, branch: 'main' })).toEqual(['pump-failure']);
    // The other one reads the data of the first.
    writeFileSync(join(folder, 'pipelines/pump-failure/data/pumps.csv'), 'x', { flag: 'a' });
    commit();
    expect(await names({ kind: 'pull_request', base: second, branch: 'main' })).toEqual([
      'other',
      'pump-failure',
    ]);
    // Its `on:` has no push.
    expect(await names({ kind: 'push', base: second, branch: 'main' })).toEqual(['pump-failure']);
    git('reset', '-q', '--hard', second);
  });

  it('takes everything when the base is not in this clone', async () => {
    expect(await names({ kind: 'push', base: undefined, branch: 'main' })).toEqual(['pump-failure']);
    expect(await names({ kind: 'pull_request', base: 'f'.repeat(40), branch: 'main' })).toHaveLength(2);
  });

  it('keeps to the time of a schedule, and to names that are given', async () => {
    expect(await names({ kind: 'schedule', cron: '0 5 * * *' })).toEqual(['other']);
    expect(await names({ kind: 'dispatch' })).toEqual(['other', 'pump-failure']);
    expect(await planJobs({ occasion: { kind: 'dispatch' }, pipelines: ['pump'] }, effects())).toMatchObject({
      failure: [{ code: 'commands-pipeline-unknown' }],
    });
  });

  it('starts nothing for data that is that of the newest run, and says which data is new', async () => {
    expect(await names({ kind: 'data' })).toEqual(['other']);
    expect((await validate({ pipeline: 'other' }, effects())).ok).toBe(true);
    const only = ['validate', 'data.rows'];
    const done = await run(
      { pipeline: 'other', only, trigger: { kind: 'data' }, version: '1.0.0' },
      { ...effects(), listener: () => undefined },
    );
    expect(done.ok).toBe(true);
    expect(await names({ kind: 'data' })).toEqual([]);
    // Rows of an event concern also pipelines that do not watch; the second of two deliveries concerns nobody.
    expect(await names({ kind: 'data', received: true })).not.toContain('other');
    expect(await names({ kind: 'data', received: true })).toContain('pump-failure');
    const data = join(folder, 'pipelines/pump-failure/data/pumps.csv');
    writeFileSync(data, readFileSync(data, 'utf8').replace('P001,', 'P901,'));
    const planned = await planJobs({ occasion: { kind: 'data' } }, effects());
    expect(planned.ok && planned.value.concerned[0]?.because).toMatch(/^rows changed since \d{8}-/);
  }, 60_000);
});
