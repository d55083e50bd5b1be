import { expect } from 'vitest';
import { pipeline, pipelineFile } from './rig/beginning.ts';
import type { Project } from './rig/project.ts';
import { story } from './rig/story.ts';

/** The version that a stage's branch holds. */
function deployed({ git }: Project, stage: string): string | undefined {
  git('fetch', '-q', '--prune', 'origin');
  const isThere = git('branch', '--remotes', '--list', `origin/deploy/${stage}`) !== '';
  if (!isThere) return undefined;
  return (JSON.parse(git('show', `origin/deploy/${stage}:locks/${pipeline}.json`)) as { name: string }).name;
}

async function pushTag(project: Project, by: string, tag: string, at: string): Promise<void> {
  project.git('fetch', '-q', '--tags', 'origin');
  project.git('tag', tag, `${at}^{}`);
  await project.github.pushed(by, async () => project.git('push', '-q', 'origin', `refs/tags/${tag}`));
}

story('V4 P3: a release manager brings a version to production with a tag', async ({ project, tell }) => {
  tell('Rita pushes the tag pump-failure#production#2.');
  await pushTag(project, 'rita', `${pipeline}#production#2`, `${pipeline}@v1.0.0`);
  const [run] = await project.settled();
  expect([run!.workflow, run!.conclusion]).toEqual(['Trainyard promote', 'success']);
  expect(run!.jobs.map(({ environment }) => environment)).toContain('production');
  expect(deployed(project, 'production')).toBe('v1.0.0');
  tell('deploy/production holds v1.0.0, and the Environment shows where it answers.');
  expect([...project.github.world.deploymentStatuses.values()].at(-1)).toMatchObject({
    state: 'success',
    environmentUrl: 'https://pumps.example.org/predict/pump-failure',
  });
});

story('V4 P3: a tag of somebody who may not promote is refused where he looks', async ({ project, tell }) => {
  tell('Bob, who is no release manager, pushes the tag.');
  await pushTag(project, 'bob', `${pipeline}#production#2`, `${pipeline}@v1.0.0`);
  const [run] = await project.settled();
  expect(run!.conclusion).toBe('failure');
  const promote = run!.jobs.find(({ name }) => name.includes('promote'))!;
  const [annotation] = promote.steps.flatMap(({ annotations }) => annotations);
  tell(`The job says: ${annotation?.title}: ${annotation?.message}`);
  expect(annotation).toMatchObject({ level: 'error', title: 'Promotion refused' });
  expect(annotation!.message).toContain('@bob (forge) is not among the promoters of production: @rita');
  expect(promote.summary).toMatch(/refused/i);
  expect(promote.summary).toContain('rita');
  expect(deployed(project, 'production')).toBeUndefined();
  expect(run!.jobs.filter(({ name }) => name.includes('deploy')).map(({ conclusion }) => conclusion)).toEqual(
    ['skipped'],
  );
});

story('V4: the button brings back what ran before', async ({ project, tell }) => {
  tell('v1.0.0 runs in production, and the next version follows it.');
  await pushTag(project, 'rita', `${pipeline}#production#2`, `${pipeline}@v1.0.0`);
  await project.settled();
  project.edit(pipelineFile, 'impute: median', 'impute: mean');
  await project.push('Impute means');
  await project.settled();
  project.git('fetch', '-q', '--tags', 'origin');
  const next = project.git('tag', '--list', `${pipeline}@*`).split('\n').at(-1)!;
  expect(next).not.toBe(`${pipeline}@v1.0.0`);
  await project.call(
    'POST',
    'actions/workflows/trainyard-promote.yml/dispatches',
    { ref: 'main', inputs: { model: next, stage: 'production', why: 'agreed' } },
    'rita',
  );
  const [promoted] = await project.settled();
  expect(promoted!.conclusion).toBe('success');
  expect(deployed(project, 'production')).toBe(next.split('@')[1]);
  tell('Alarms at night: Rita presses rollback.');
  await project.call(
    'POST',
    'actions/workflows/trainyard-promote.yml/dispatches',
    {
      ref: 'main',
      inputs: { model: pipeline, stage: 'production', why: 'alarms at night', rollback: 'true' },
    },
    'rita',
  );
  const [back] = await project.settled();
  expect(back!.conclusion).toBe('success');
  expect(deployed(project, 'production')).toBe('v1.0.0');
});

story('V4: several tags at once are all decided, one after the other', async ({ project, tell }) => {
  tell('Three tags are pushed within a second; Bob, who pushed the first, may not.');
  await pushTag(project, 'bob', `${pipeline}#production#2`, `${pipeline}@v1.0.0`);
  await pushTag(project, 'rita', `${pipeline}#production#3`, `${pipeline}@v1.0.0`);
  await pushTag(project, 'rita', `${pipeline}#production#4`, `${pipeline}@v1.0.0`);
  const runs = await project.settled();
  expect(runs.map(({ conclusion }) => conclusion)).not.toContain('cancelled');
  expect(runs.map(({ title }) => title)).toHaveLength(3);
  tell('Each has an answer of its own: refused, granted, and there already.');
  const answers = runs.map(
    ({ jobs }) => jobs.find(({ name }) => name === 'promote / promote')!.outputs['granted'],
  );
  expect(answers).toEqual(['false', 'true', 'true']);
  expect(deployed(project, 'production')).toBe('v1.0.0');
});
