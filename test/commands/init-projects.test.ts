import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkWorkflows } from '../../scripts/check-workflows.mjs';
import type { InitFile, InitOptions } from '../../src/commands/index.ts';
import { check, init, planJobs, processEffects } from '../../src/commands/index.ts';

const pin = '0123456789abcdef0123456789abcdef01234567';
const callers = '.github/workflows';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trainyard-projects-'));
  git('init', '-q', '-b', 'main');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const git = (...args: string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
    encoding: 'utf8',
  }).trim();
const commit = (): string => {
  git('add', '-A');
  git('commit', '-q', '-m', 'x');
  return git('rev-parse', 'HEAD');
};
const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
const edit = (path: string, from: string | RegExp, to: string): void => {
  expect(read(path)).toMatch(from);
  writeFileSync(join(folder, path), read(path).replace(from, to));
};
const place = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
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

/** `file:line:column: code: message` of every mistake of a project. */
async function mistakes(project = '.'): Promise<readonly string[]> {
  const done = await check({ paths: [] }, { cwd: join(folder, project) });
  if (!done.ok) throw new Error(JSON.stringify(done.failure));
  return done.value.mistakes.map(
    ({ code, place, message }) => `${place?.file}:${place?.line}:${place?.column}: ${code}: ${message}`,
  );
}

interface Caller {
  readonly name: string;
  readonly concurrency?: { readonly group: string };
  readonly on: Readonly<Record<string, { readonly [filter: string]: readonly string[] } | null>>;
  readonly jobs: Readonly<Record<string, { readonly with?: Readonly<Record<string, unknown>> }>>;
}

describe('projects in folders of one repository', () => {
  it('live side by side: nothing of their workflows has the same name (T1)', async () => {
    await made({ name: 'at-root' });
    await made({ folder: 'services/fraud', name: 'fraud' });
    await made({ folder: 'ml', name: 'churn' });
    for (const each of ['.', 'services/fraud', 'ml']) {
      // The first ones answer no tags of those that came later, once they are brought up to date.
      await made({ ...(each === '.' ? {} : { folder: each }), update: true });
    }
    for (const each of ['.', 'services/fraud', 'ml']) expect(await mistakes(each), each).toEqual([]);
    const files = readdirSync(join(folder, callers));
    expect(files).toContain('trainyard-main.yml');
    expect(files).toContain('trainyard-main-services-fraud.yml');
    expect(files).toContain('trainyard-main-ml.yml');
    const all = files.map((name) => parse(read(`${callers}/${name}`)) as Caller);
    for (const names of [
      all.map(({ name }) => name),
      all.flatMap(({ jobs }) => Object.keys(jobs)),
      all.flatMap(({ concurrency }) => (concurrency === undefined ? [] : [concurrency.group])),
      all.flatMap(({ on }) => on['repository_dispatch']?.['types'] ?? []),
      all.flatMap(({ on }) => (on['push']?.['tags'] ?? []).filter((tag) => !tag.startsWith('!'))),
    ]) {
      expect(names.length).toBeGreaterThan(2);
      expect(new Set(names).size, names.join(', ')).toBe(names.length);
    }
    const findings = await checkWorkflows(folder);
    expect(findings.filter(({ message }) => !/resolve|fetch|not found/i.test(message))).toEqual([]);
  });

  it('get a comment for forks each, which waits for the right workflow and asks for no folder', async () => {
    await made({ folder: 'ml', name: 'churn' });
    const comment = parse(read(`${callers}/trainyard-pull-request-comment-ml.yml`)) as Caller;
    const pull = parse(read(`${callers}/trainyard-pull-request-ml.yml`)) as Caller;
    expect(comment.on['workflow_run']?.['workflows']).toEqual([pull.name]);
    expect(Object.values(comment.jobs)[0]).not.toHaveProperty('with');
    expect(Object.values(pull.jobs)[0]?.with).toEqual({ directory: 'ml' });
    edit(`${callers}/trainyard-pull-request-ml.yml`, `name: ${pull.name}`, 'name: Models');
    expect(await mistakes('ml')).toEqual([
      expect.stringMatching(
        /comment-ml\.yml:8:16: commands-workflow-unheard: .*`Trainyard pull request \(ml\)`/,
      ),
    ]);
    edit(`${callers}/trainyard-pull-request-comment-ml.yml`, '[Trainyard pull request (ml)]', '[Models]');
    expect(await mistakes('ml')).toEqual([]);
  });

  it('answer the tags of their own models: the second one changes that of the first, and an edit stays', async () => {
    await made({ name: 'at-root' });
    const promote = `${callers}/trainyard-promote.yml`;
    expect(read(promote)).toContain('tags: ["*#*#*", "!*!#*"]');
    const files = await made({ folder: 'ml', name: 'churn' });
    expect(files).toMatchObject({ [promote]: 'updated', [`${callers}/trainyard-promote-ml.yml`]: 'created' });
    expect(read(promote)).toContain('tags: ["at-root#*#*", "!*!#*"]');
    expect(read(`${callers}/trainyard-promote-ml.yml`)).toContain('tags: ["churn#*#*", "!*!#*"]');
    expect(await mistakes()).toEqual([]);
    // A third pipeline, whose tags nobody hears yet.
    place(
      'pipelines/other/pipeline.yaml',
      read('pipelines/at-root/pipeline.yaml').replace('at-root', 'other'),
    );
    place('pipelines/other/rows.odcs.yaml', read('pipelines/at-root/rows.odcs.yaml'));
    expect(await mistakes()).toEqual([
      expect.stringContaining(`${promote}:6:1: commands-workflow-outdated: \`on\``),
    ]);
    expect((await made({ update: true }))[promote]).toBe('updated');
    expect(read(promote)).toContain('tags: ["at-root#*#*", "other#*#*", "!*!#*"]');
    edit(promote, '"at-root#*#*"', '"at-*#*#*"');
    expect(await made({ folder: 'third', name: 'third' })).not.toHaveProperty([promote]);
  });

  it('may not have pipelines of the same name: their records, tags and comments would be one', async () => {
    await made();
    expect(await refused({ folder: 'ml' })).toEqual(['commands-init-name-taken']);
    expect(() => read('ml/trainyard.yaml')).toThrow();
    await made({ folder: 'ml', name: 'churn' });
    place('ml/pipelines/pump-failure/pipeline.yaml', read('pipelines/pump-failure/pipeline.yaml'));
    place('ml/pipelines/pump-failure/rows.odcs.yaml', read('pipelines/pump-failure/rows.odcs.yaml'));
    place('ml/pipelines/pump-failure/data/pumps.csv', read('pipelines/pump-failure/data/pumps.csv'));
    expect(await mistakes('ml')).toContainEqual(
      expect.stringMatching(
        /^pipelines\/pump-failure\/pipeline\.yaml:2:7: commands-init-name-taken: The project at the root has/,
      ),
    );
    expect(await mistakes()).toContainEqual(expect.stringContaining('The project in ml has a pipeline'));
  });

  it('are refused where their folders cannot be told apart in the name of a file', async () => {
    await made({ folder: 'a/b', name: 'one' });
    expect(await refused({ folder: 'a-b', name: 'two' })).toEqual(['commands-init-folder']);
  });

  it('have callers in folders of any name', async () => {
    await made({ folder: 'Größe & co #1', name: 'one' });
    expect(await mistakes('Größe & co #1')).toEqual([]);
    const main = parse(read(`${callers}/trainyard-main-Gr-e-co-1.yml`)) as Caller;
    expect(main.name).toBe('Trainyard main (Größe & co #1)');
    expect(Object.values(main.jobs)[0]?.with).toEqual({ directory: 'Größe & co #1' });
  });

  it('are concerned by changes below their folder, and by no others (T2)', async () => {
    await made({ folder: 'ml', name: 'churn' });
    const base = commit();
    const effects = processEffects({
      cwd: join(folder, 'ml'),
      env: { PATH: process.env['PATH'] },
      signal: new AbortController().signal,
    });
    const concerned = async (): Promise<readonly string[]> => {
      const planned = await planJobs({ occasion: { kind: 'push', base, branch: 'main' } }, effects);
      if (!planned.ok) throw new Error(JSON.stringify(planned.failure));
      return planned.value.concerned.map(({ name }) => name);
    };
    place('pipelines/churn/pipeline.yaml', 'of another project');
    commit();
    expect(await concerned()).toEqual([]);
    edit('ml/pipelines/churn/pipeline.yaml', 'trees: 100', 'trees: 120');
    commit();
    expect(await concerned()).toEqual(['churn']);
  });
});
