import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Failure } from '../../src/base/index.ts';
import {
  approve,
  archive,
  deploy,
  init,
  processEffects,
  promote,
  promoteFromTag,
  rollback,
  undeploy,
} from '../../src/commands/index.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trainyard-model-project-'));
  git('init', '-q', '-b', 'main');
  const pin = '0123456789abcdef0123456789abcdef01234567';
  for (const options of [{ name: 'hearts' }, { folder: 'services/fraud', name: 'fraud' }]) {
    const made = await init({ version: '1.2.3', pin, ...options }, { cwd: folder, env: {} });
    expect(made.ok).toBe(true);
  }
  for (const project of ['.', 'services/fraud'])
    writeFileSync(
      join(folder, project, 'trainyard.yaml'),
      'version: 1\nstore: file:.trainyard/store\nstages:\n  - { name: production }\n',
    );
  git('add', '-A');
  git('commit', '-q', '-m', 'Two projects');
  for (const model of ['hearts', 'fraud', 'stranger']) {
    git('tag', `${model}@v1.0.0`);
    git('tag', `${model}#production#1`);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const git = (...args: string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
    encoding: 'utf8',
  }).trim();

/** Codes and messages of a verb about a model, started in a project. */
async function refusals(
  project: string,
  model: string,
  verb: keyof typeof verbs,
): Promise<readonly Failure[]> {
  const effects = processEffects({
    cwd: join(folder, project),
    env: { PATH: process.env['PATH'], HOME: folder },
    signal: new AbortController().signal,
  });
  const done = await verbs[verb](model, effects);
  return done.ok ? [] : done.failure;
}

type World = ReturnType<typeof processEffects>;
const to = 'production';
const verbs = {
  promote: (model: string, world: World) => promote({ reference: `${model}@v1.0.0`, to }, world),
  'promote --tag': (model: string, world: World) => promoteFromTag({ tag: `${model}#production#1` }, world),
  rollback: (model: string, world: World) =>
    rollback({ reference: model, stage: to, why: 'alarms at night' }, world),
  approve: (model: string, world: World) =>
    approve({ reference: `${model}@v1.0.0`, to, why: 'agreed' }, world),
  archive: (model: string, world: World) =>
    archive({ reference: `${model}@v1.0.0`, why: 'of no use' }, world),
  deploy: (model: string, world: World) => deploy({ reference: model, to, dryRun: true }, world),
  undeploy: (model: string, world: World) => undeploy({ reference: model, to, dryRun: true }, world),
};
const names = Object.keys(verbs) as (keyof typeof verbs)[];

describe('models of another project of the repository (P4)', () => {
  it.each(names)('are not touched: trainyard %s', async (verb) => {
    expect(await refusals('.', 'fraud', verb)).toEqual([
      expect.objectContaining({
        code: 'commands-model-elsewhere',
        message: 'fraud belongs to the project in services/fraud, whose stages and promoters decide about it',
        remedy: expect.stringContaining('trainyard -C services/fraud'),
      }),
    ]);
    expect(await refusals('services/fraud', 'hearts', verb)).toEqual([
      expect.objectContaining({
        code: 'commands-model-elsewhere',
        message:
          'hearts belongs to the project at the root of the repository, whose stages and promoters decide about it',
      }),
    ]);
  });

  it.each(names)(
    'are others than its own, and than those that no project has: trainyard %s',
    async (verb) => {
      for (const [project, model] of [
        ['.', 'hearts'],
        ['services/fraud', 'fraud'],
        ['.', 'stranger'],
      ] as const)
        expect((await refusals(project, model, verb)).map(({ code }) => code)).not.toContain(
          'commands-model-elsewhere',
        );
    },
  );
});
