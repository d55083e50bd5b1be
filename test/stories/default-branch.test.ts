import { expect } from 'vitest';
import { initialised, pipeline, pipelineFile } from './rig/beginning.ts';
import type { Project } from './rig/project.ts';
import { story } from './rig/story.ts';

interface Run {
  readonly id: string;
  readonly trigger: { readonly kind: string };
  readonly steps: readonly { readonly id: string; readonly status: string }[];
}

/** As it is recorded on GitHub. */
function newestRun({ git }: Project): Run {
  git('fetch', '-q', 'origin');
  const files = git('ls-tree', '-r', '--name-only', 'origin/trainyard/runs', 'runs/').split('\n');
  return JSON.parse(git('show', `origin/trainyard/runs:${files.sort().at(-1)!}`)) as Run;
}

story('T1 V3: a merged pull request becomes a version that runs in staging', async ({ project, tell }) => {
  tell('Ada opens a pull request that fills gaps with the mean.');
  project.git('checkout', '-q', '-b', 'mean');
  project.edit(pipelineFile, 'impute: median', 'impute: mean');
  await project.push('Impute means', 'mean', 'ada');
  const pull = await project.github.openPull('ada', { headRef: 'mean' });
  await project.settled();
  tell('Octo merges it.');
  await project.github.mergePull('octocat', pull.number);
  const runs = await project.settled();
  const main = runs.find(({ workflow }) => workflow === 'Trainyard main')!;
  expect(main.conclusion).toBe('success');
  tell('What the pull request had trained was re-used: no step was executed again.');
  const ran = newestRun(project)
    .steps.filter(({ status }) => status !== 'cached')
    .map(({ id }) => id);
  expect(ran.filter((id) => id !== 'gates')).toEqual([]);
  project.git('fetch', '-q', '--tags', 'origin');
  const tags = project.git('tag').split('\n');
  tell(`Tags: ${tags.join(', ')}`);
  const versions = tags.filter((tag) => tag.startsWith(`${pipeline}@`));
  expect(versions).toHaveLength(2);
  const lock = JSON.parse(project.git('show', `origin/deploy/staging:locks/${pipeline}.json`)) as {
    name: string;
  };
  tell(`deploy/staging holds ${lock.name}.`);
  expect(versions[1]).toBe(`${pipeline}@${lock.name}`);
  expect(tags.some((tag) => tag.startsWith(`${pipeline}#staging#`))).toBe(true);
  const deployments = [...project.github.world.deployments.values()];
  expect(deployments.map(({ environment }) => environment)).toContain('staging');
  const statuses = [...project.github.world.deploymentStatuses.values()];
  expect(statuses.at(-1)).toMatchObject({
    state: 'success',
    environmentUrl: 'https://staging.pumps.example.org/predict/pump-failure',
  });
});

story('T2: every night the model is trained anew', async ({ project, tell }) => {
  tell('It is 3:17. Nothing changed since yesterday.');
  const records = (): string[] => {
    project.git('fetch', '-q', 'origin');
    return project.git('ls-tree', '-r', '--name-only', 'origin/trainyard/runs', 'runs/').split('\n');
  };
  const before = records().length;
  project.runner.schedule(project.repository, '17 3 * * *');
  const [run] = await project.settled();
  expect([run!.workflow, run!.conclusion]).toEqual(['Trainyard schedule', 'success']);
  expect(records().length).toBeGreaterThan(before);
  tell('The run is recorded, and the version is what it was: the same bytes are no new version.');
  project.git('fetch', '-q', '--tags', 'origin');
  expect(project.git('tag', '--list', `${pipeline}@*`).split('\n')).toEqual([`${pipeline}@v1.0.0`]);
});

story('T1: somebody presses the button', async ({ project, tell }) => {
  tell('Octo starts the workflow by hand, for one pipeline.');
  await project.call('POST', 'actions/workflows/trainyard-dispatch.yml/dispatches', {
    ref: 'main',
    inputs: { pipelines: pipeline },
  });
  const [run] = await project.settled();
  expect([run!.event, run!.conclusion]).toEqual(['workflow_dispatch', 'success']);
  expect(run!.jobs.map(({ name }) => name)).toContain(`dispatch / ${pipeline} / record`);
});

story(
  'T4: new data starts a training, unchanged data starts nothing',
  async ({ project, surroundings, tell }) => {
    tell('Octo lets the pipeline watch its data, and takes `push` out of its triggers.');
    const own = /^ {2}push: .*\n/m.exec(project.read(pipelineFile))![0];
    project.edit(pipelineFile, own, '  data: {}\n');
    await initialised(project, surroundings, { update: true });
    await project.push('Watch the data');
    await project.settled();
    tell('The next morning, nothing is new.');
    project.runner.schedule(project.repository, '41 4 * * *');
    const [idle] = await project.settled();
    expect(idle!.workflow).toBe('Trainyard data');
    expect(idle!.jobs.filter(({ conclusion }) => conclusion === 'success').map(({ name }) => name)).toEqual([
      'watch-data / plan',
    ]);
    tell('Somebody adds a row. The morning after, the model is trained anew.');
    const data = `pipelines/${pipeline}/data/pumps.csv`;
    const rows = project.read(data).trimEnd().split('\n');
    project.write(data, `${[...rows, rows[1]!.replace(/^[^,]+/, 'P999')].join('\n')}\n`);
    await project.push('One more pump');
    await project.settled();
    project.runner.schedule(project.repository, '41 4 * * *');
    const [trained] = await project.settled();
    expect(trained!.conclusion).toBe('success');
    expect(trained!.jobs.map(({ name }) => name)).toContain(`watch-data / ${pipeline} / record`);
    expect(newestRun(project).trigger.kind).toBe('data');
  },
);
