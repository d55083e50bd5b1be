import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkWorkflows } from '../../scripts/check-workflows.mjs';
import type { InitFile, InitOptions } from '../../src/commands/index.ts';
import { check, init } from '../../src/commands/index.ts';

const pin = '0123456789abcdef0123456789abcdef01234567';
const callers = '.github/workflows';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trainyard-init-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const edit = (path: string, from: string | RegExp, to: string): void => {
  const text = read(path);
  expect(text).toMatch(from);
  write(path, text.replace(from, to));
};

async function made(options: Partial<InitOptions> = {}): Promise<Readonly<Record<string, InitFile['what']>>> {
  const done = await init({ version: '1.2.3', pin, ...options }, { cwd: folder, env: {} });
  if (!done.ok) throw new Error(JSON.stringify(done.failure));
  return Object.fromEntries(done.value.files.map(({ path, what }) => [path, what]));
}

async function refused(options: Partial<InitOptions>): Promise<readonly string[]> {
  const done = await init({ version: '1.2.3', pin, ...options }, { cwd: folder, env: {} });
  return done.ok ? [] : done.failure.map(({ code }) => code);
}

/** `file:line: code` of every mistake. */
async function mistakes(): Promise<readonly string[]> {
  const done = await check({ paths: [] }, { cwd: folder });
  if (!done.ok) throw new Error(JSON.stringify(done.failure));
  return done.value.mistakes.map(
    ({ code, place, message }) => `${place?.file}:${place?.line}:${place?.column}: ${code}: ${message}`,
  );
}

describe('init', () => {
  it('makes a repository that check and the static checks of workflows find nothing in (T1)', async () => {
    execFileSync('git', ['init', '-q', '-b', 'trunk', folder]);
    const files = await made();
    expect(new Set(Object.values(files))).toEqual(new Set(['created']));
    expect(await mistakes()).toEqual([]);
    expect(read('.gitignore')).toContain('\n/public/\n');
    // What is a comment there is right once it is none.
    edit('trainyard.yaml', '# site: ', 'site: ');
    edit('trainyard.yaml', /^# {3}/gm, '  ');
    expect((await mistakes()).join()).toBe('trainyard.yaml:11:10: pipeline-site-file: `docs` is not there');
    edit('trainyard.yaml', 'docs  ', 'pipelines  ');
    expect(await mistakes()).toEqual([]);
    const findings = await checkWorkflows(folder);
    // The workflows that are called are in another repository, which this machine cannot look at.
    expect(findings.filter(({ message }) => !/resolve|fetch|not found/i.test(message))).toEqual([]);
    const main = read(`${callers}/trainyard-main.yml`);
    expect(main).toContain('branches: ["trunk"]');
    expect(main).toContain(`uses: trainyard/trainyard/.github/workflows/main.yml@${pin} # v1.2.3`);
    expect(read(`${callers}/trainyard-schedule.yml`)).toContain('- cron: "17 3 * * *"');
  });

  it('changes nothing when it is called again, and makes the same bytes everywhere (V2)', async () => {
    const first = await made();
    const bytes = Object.keys(first).map(read);
    expect(new Set(Object.values(await made()))).toEqual(new Set(['same']));
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    await made();
    expect(Object.keys(first).map(read)).toEqual(bytes);
  });

  it('adds only what is missing, and replaces only when it is asked to', async () => {
    write('README.md', '# Mine\n');
    await made();
    rmSync(join(folder, callers, 'trainyard-main.yml'));
    edit('trainyard.yaml', 'version: 1', '# mine\nversion: 1');
    const files = await made();
    expect(files).toMatchObject({
      'README.md': 'kept',
      'trainyard.yaml': 'kept',
      [`${callers}/trainyard-main.yml`]: 'created',
      [`${callers}/trainyard-promote.yml`]: 'same',
    });
    // There is a pipeline now: no sample is added to it.
    expect(Object.keys(files).filter((path) => path.startsWith('pipelines/'))).toEqual([]);
    expect(read('README.md')).toBe('# Mine\n');
    expect(await made({ force: true })).toMatchObject({
      'trainyard.yaml': 'replaced',
      'README.md': 'replaced',
    });
  });

  it('writes nothing when it is only to show, and nothing when something is wrong', async () => {
    expect(Object.values(await made({ dryRun: true }))).toContain('created');
    write('x.csv', 'a,b\n1,2\n');
    expect(await refused({ data: 'x.csv', target: 'b' })).toEqual(['commands-init-data']);
    expect(await refused({ pin: 'main' })).toEqual(['commands-init-pin']);
    expect(await refused({ data: 'none.csv' })).toEqual(['commands-init-data']);
    const rows = Array.from({ length: 30 }, (_, i) => `${i % 3},${i % 2}`).join('\n');
    write('x.csv', `a,b\n${rows}\n`);
    expect(await refused({ data: 'x.csv', target: 'c' })).toEqual(['commands-init-target']);
    expect(await refused({ data: 'x.csv', target: 'b' })).toEqual(['commands-init-key']);
    expect(await refused({ data: 'x.csv', target: 'b', key: 'a', name: '../x' })).toEqual([
      'commands-init-name',
    ]);
    write('x.csv', `a,b\n${rows}\n1,2,3\n`);
    expect(await refused({ data: 'x.csv', target: 'b' })).toEqual(['commands-init-data']);
    write('x.csv', `a,a\n${rows}\n`);
    expect(await refused({ data: 'x.csv', target: 'a' })).toEqual(['commands-init-data']);
    expect(() => read('trainyard.yaml')).toThrow();
  });

  it('makes a pipeline and a contract of rows, whatever they hold', async () => {
    const rows = Array.from({ length: 60 }, (_, i) =>
      [
        i,
        i % 4 === 0 ? '' : (i / 7).toFixed(2),
        ['yes', 'no', 'a: "b"'][i % 3]!.replace(/^a.*/, '"a: ""b"""'),
        `u${i}@x.org`,
        i % 2 === 0,
        `2026-01-${String((i % 28) + 1).padStart(2, '0')}`,
        i % 5 < 2 ? 'on' : 'off',
      ].join(';'),
    );
    write('My Data 2.csv', `Row Id;size;kind;email;flag;day;state\n${rows.join('\n')}\n`);
    const files = await made({ data: 'My Data 2.csv', target: 'state' });
    expect(Object.keys(files)).toContain('pipelines/my-data-2/pipeline.yaml');
    expect(await mistakes()).toEqual([]);
    const contract = read('pipelines/my-data-2/rows.odcs.yaml');
    expect(contract).toContain('validValues: ["a: \\"b\\"", "no", "yes"]');
    expect(contract).toMatch(/name: email\n.*\n.*\n\s+classification: restricted/);
    const pipeline = read('pipelines/my-data-2/pipeline.yaml');
    expect(pipeline).toContain('delimiter: ";"');
    expect(pipeline).toContain('columns: [kind], encode: one-hot');
    expect(pipeline).not.toContain('email');
  });

  it('makes a pipeline that predicts a number', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `d${i},${i * 3.5},${20 + i * 1.25}`).join('\n');
    write('usage.csv', `day,hours,power\n${rows}\n`);
    await made({ data: 'usage.csv', target: 'power' });
    expect(await mistakes()).toEqual([]);
    expect(read('pipelines/usage/pipeline.yaml')).toContain('estimator: [baseline, ridge,');
  });
});

describe('check, of workflows', () => {
  const main = `${callers}/trainyard-main.yml`;
  const pipeline = 'pipelines/pump-failure/pipeline.yaml';

  it('says at its place what is out of date, and `init --update` mends it', async () => {
    await made();
    // As an older version wrote it: another text, with the digest of that text.
    const digest = (text: string): string => /jobs=([0-9a-f]{8})/.exec(text)![1]!;
    const now = read(main);
    const { callerFiles } = await import('../../src/commands/init/caller-files.ts');
    const { digestOfSection, sectionsOf } = await import('../../src/commands/init/caller-sections.ts');
    expect(callerFiles).toBeDefined();
    const older = now.replace('      packages: write\n', '');
    const jobs = sectionsOf(older).find(({ name }) => name === 'jobs')!;
    write(main, older.replace(`jobs=${digest(now)}`, `jobs=${digestOfSection(jobs)}`));
    expect(await mistakes()).toEqual([
      `${main}:17:1: commands-workflow-outdated: \`jobs\` is as \`trainyard init\` wrote it, and out of date`,
    ]);
    expect((await made({ update: true }))[main]).toBe('updated');
    expect(read(main)).toBe(now);
    expect(await mistakes()).toEqual([]);
  });

  it('takes a part away that it wrote once and writes no more, and leaves one that is of somebody else', async () => {
    await made();
    const promote = `${callers}/trainyard-promote.yml`;
    const now = read(promote);
    const { digestOfSection } = await import('../../src/commands/init/caller-sections.ts');
    const queue = 'concurrency:\n  group: trainyard-promote\n';
    const older = now
      .replace(/ jobs=/, ` concurrency=${digestOfSection({ text: queue })} jobs=`)
      .replace('\njobs:\n', `\n${queue}\njobs:\n`);
    write(promote, older);
    expect(await mistakes()).toEqual([
      expect.stringContaining('commands-workflow-outdated: `concurrency` is as `trainyard init` wrote it'),
    ]);
    expect((await made({ update: true }))[promote]).toBe('updated');
    expect(read(promote)).toBe(now);
    const own = older.replace('group: trainyard-promote', 'group: of-ours');
    write(promote, own);
    expect(await mistakes()).toEqual([]);
    await made({ update: true });
    expect(read(promote)).toContain('group: of-ours');
  });

  it('leaves alone what was edited, and says so when it is out of date as well', async () => {
    await made();
    edit(main, 'branches: ["main"]', 'branches: ["main", "release/**"]');
    expect(await mistakes()).toEqual([]);
    expect((await made({ update: true }))[main]).toBe('same');
    edit(main, /jobs=[0-9a-f]{8}/, 'jobs=00000000');
    edit(main, '    uses:', '    if: github.actor != github.repository_owner\n    uses:');
    expect(await mistakes()).toEqual([
      `${main}:17:1: commands-workflow-edited: \`jobs\` was edited, and what \`trainyard init\` would write has changed since`,
    ]);
    expect((await made({ update: true }))[main]).toBe('edited');
    expect(read(main)).toContain('if: github.actor');
    expect((await made({ force: true }))[main]).toBe('replaced');
    expect(await mistakes()).toEqual([]);
  });

  it('misses a trigger that a pipeline declares, at its line', async () => {
    await made();
    edit(pipeline, '{ cron: "17 3 * * *" }', '{ cron: "17 3 * * *" }, { cron: "5 5 * * 1" }');
    edit(pipeline, 'dispatch: {}', 'dispatch: {}\n  data: {}');
    const schedule = `${callers}/trainyard-schedule.yml`;
    expect(await mistakes()).toEqual([
      expect.stringContaining(`${schedule}:6:1: commands-workflow-outdated`),
      expect.stringMatching(new RegExp(`^${pipeline}:7:46: commands-workflow-trigger: .*5 5 \\* \\* 1`)),
      expect.stringMatching(new RegExp(`^${pipeline}:9:9: commands-workflow-trigger: .*\`data\``)),
    ]);
    expect(await made({ update: true })).toMatchObject({
      [schedule]: 'updated',
      [`${callers}/trainyard-watch-data.yml`]: 'created',
    });
    expect(await mistakes()).toEqual([]);
  });

  it('names permissions that are broader than needed, pins that can move, and what is no YAML (P4)', async () => {
    await made();
    const pull = `${callers}/trainyard-pull-request.yml`;
    edit(pull, 'contents: read', 'contents: write');
    edit(main, /permissions: \{\}/, 'permissions: write-all');
    edit(`${callers}/trainyard-dispatch.yml`, pin, 'v1');
    edit(`${callers}/trainyard-promote.yml`, 'jobs:', 'jobs: [');
    expect((await mistakes()).map((each) => each.split(':').slice(0, 4).join(':'))).toEqual([
      expect.stringMatching(/trainyard-dispatch\.yml:\d+:\d+: commands-workflow-unpinned/),
      expect.stringMatching(/trainyard-main\.yml:10:14: commands-workflow-permissions/),
      expect.stringMatching(/trainyard-promote\.yml:\d+:\d+: commands-workflow-unreadable/),
      expect.stringMatching(/trainyard-pull-request\.yml:20:7: commands-workflow-permissions/),
    ]);
  });

  it('takes no moved pin for an edit', async () => {
    await made();
    edit(main, `${pin} # v1.2.3`, `${'f'.repeat(40)} # v9.9.9`);
    expect(await mistakes()).toEqual([]);
  });
});
