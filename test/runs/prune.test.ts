import { expect, test } from 'vitest';
import { openRepository } from '../../src/git/index.ts';
import type { RunHistory } from '../../src/runs/index.ts';
import { openRuns } from '../../src/runs/index.ts';
import { value } from '../git/rig.ts';
import { Repository } from '../rig/repository.ts';
import { sampleRecord } from './sample-record.ts';

const branch = 'trainyard/runs';
const [oldest, old, noted, registered] = ['00000001', '00000002', '00000003', '00000004'].map(
  (tail) => `20200101-031500-${tail}`,
) as [string, string, string, string];

async function projectWithOldRuns(): Promise<{ project: Repository; history: RunHistory } & Disposable> {
  const project = new Repository();
  project.write('trainyard.yaml', 'version: 1\n');
  project.git('init', '--quiet', '--initial-branch=main');
  project.commit('Start');
  const repository = value(await openRepository(project.folder));
  const history = openRuns({ repository, branch, root: project.folder });
  value(await history.write(sampleRecord()));
  for (const id of [oldest, old, noted, registered]) {
    const { model: _, ...record } = sampleRecord({ id, startedAt: '2020-01-01T03:15:00.000Z' });
    value(await history.write(record));
  }
  return { project, history, [Symbol.dispose]: () => project[Symbol.dispose]() };
}

function recorded(project: Repository): string[] {
  return project.git('ls-tree', '-r', '--name-only', branch).trim().split('\n');
}

const prune = ['runs', 'prune', '--older-than', '180d'];

test('pruning archives old runs, which are still shown by their id, and no run that something stands on', async () => {
  using scene = await projectWithOldRuns();
  const { project } = scene;
  expect(await project.trainyard('runs', 'note', noted, 'Look here')).toMatchObject({ code: 0 });
  project.git(
    '-c',
    'user.name=A',
    '-c',
    'user.email=a@example.org',
    'tag',
    '-a',
    'hearts@v1.0.0',
    '-m',
    `{"kind":"register","run":"${registered}","version":1}`,
  );
  const before = recorded(project);
  const dry = await project.trainyard(...prune, '--dry-run');
  expect(dry).toMatchObject({ code: 0 });
  expect(dry.stdout).toContain(old);
  expect(recorded(project)).toEqual(before);

  const done = await project.trainyard(...prune, '--json');
  expect(done.code, done.stderr).toBe(0);
  const { archived, kept } = JSON.parse(done.stdout);
  expect(archived.map(({ id }: { id: string }) => id)).toEqual([oldest, old]);
  expect(kept).toMatchObject([
    { id: noted },
    { id: registered, because: expect.stringContaining('hearts@v1') },
  ]);
  expect(recorded(project)).toHaveLength(before.length);
  expect(recorded(project).filter((path) => path.startsWith('archive/runs/'))).toHaveLength(2);

  const listed = await project.trainyard('runs', 'list', '--json');
  expect(listed.stdout).not.toContain(old);
  expect(listed.stdout).toContain(noted);
  const shown = await project.trainyard('runs', 'show', old, '--json');
  expect(shown.code, shown.stderr).toBe(0);
  expect(shown.stdout).toContain(old);
  expect(await project.trainyard(...prune)).toMatchObject({ code: 0, stdout: '' });
});

test('pruning while others record and prune loses nothing', async () => {
  using scene = await projectWithOldRuns();
  const { project, history } = scene;
  const fresh = ['0000000a', '0000000b', '0000000c'].map((tail) => `20261121-041500-${tail}`);
  const [writes, one, other] = await Promise.all([
    Promise.all(fresh.map((id) => history.write(sampleRecord({ id })))),
    project.trainyard(...prune),
    project.trainyard(...prune),
  ]);
  for (const written of writes) expect(written).toMatchObject({ ok: true });
  expect([one.code, other.code], one.stderr + other.stderr).toEqual([0, 0]);
  const paths = recorded(project);
  expect(paths).toHaveLength(8);
  for (const id of fresh)
    expect(paths.some((path) => path.startsWith('runs/') && path.includes(id))).toBe(true);
  for (const id of [oldest, old]) {
    expect(paths.filter((path) => path.includes(id))).toEqual([expect.stringMatching(/^archive\/runs\//)]);
  }
});

test('how long ago has to be a number of days', async () => {
  using scene = await projectWithOldRuns();
  expect(await scene.project.trainyard('runs', 'prune', '--older-than', 'soon')).toMatchObject({ code: 2 });
  expect(await scene.project.trainyard('runs', 'prune')).toMatchObject({ code: 2 });
});
