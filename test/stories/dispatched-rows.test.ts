import { expect } from 'vitest';
import { meanwhile } from '../github/fake/index.ts';
import { pipeline, pipelineFile } from './rig/beginning.ts';
import type { Project } from './rig/project.ts';
import { story } from './rig/story.ts';

const row = (pump: string, more: object = {}): object => ({
  ...{ pump, site: 'coast', age_days: 900, vibration: 2.5, temperature: 58.1, pressure: 6.2, failed: 1 },
  ...more,
});

async function send(project: Project, ...rows: readonly object[]): Promise<void> {
  await project.call('POST', 'dispatches', {
    event_type: 'trainyard',
    client_payload: { data: { dataset: 'rows', rows } },
  });
}

const head = (project: Project): string => {
  project.git('fetch', '-q', '--tags', 'origin');
  return project.git('rev-parse', 'origin/main');
};

story('T3: another system sends new rows, and a model is trained with them', async ({ project, tell }) => {
  tell('Octo lets events bring rows of pumps.');
  project.edit(pipelineFile, '  dispatch: {}\n', '  dispatch: { data: { rows: { rows: true } } }\n');
  await project.push('Take rows of events');
  await project.settled();
  const before = head(project);

  tell('The plant sends two pumps, one of which is known already. Octo pushes in the moment in between.');
  project.write('README.md', 'Pumps of the plant.\n');
  project.github.world.faults.push(
    meanwhile('graphql', () => {
      project.git('add', '-A');
      project.git('commit', '-q', '-m', 'Say what this is');
      project.git('push', '-q', 'origin', 'HEAD:main');
    }),
  );
  const known = project.read(`pipelines/${pipeline}/data/pumps.csv`).split('\n')[1]!.split(',');
  const [pump, site, ...numbers] = known;
  const [age_days, vibration, temperature, pressure, failed] = numbers.map((text) =>
    text === '' ? null : Number(text),
  );
  const again = { pump, site, age_days, vibration, temperature, pressure, failed };
  await send(project, row('P901'), again);
  const [run] = await project.settled();
  expect([run!.event, run!.conclusion]).toEqual(['repository_dispatch', 'success']);
  const after = head(project);
  expect(project.git('rev-list', '--count', `${before}..${after}`)).toBe('2');
  tell(project.git('log', '-1', '--format=%s', after));
  expect(project.git('diff', '--stat', `${after}~`, after)).toContain('1 insertion(+)');
  const record = (): { readonly code: { readonly commit: string }; readonly trigger: unknown } => {
    const files = project.git('ls-tree', '-r', '--name-only', 'origin/trainyard/runs', 'runs/').split('\n');
    return JSON.parse(project.git('show', `origin/trainyard/runs:${files.sort().at(-1)}`));
  };
  expect(record()).toMatchObject({ code: { commit: after }, trigger: { kind: 'dispatch' } });
  const versions = project.git('tag', '--list', `${pipeline}@*`).split('\n');
  tell(`The model is trained of that commit: ${versions.join(', ')}.`);
  expect(project.git('rev-parse', `${versions.at(-1)}^{commit}`)).toBe(after);

  tell(
    'The plant sends the same once more, as it got no answer: nothing is written, and nothing is trained.',
  );
  await send(project, row('P901'), again);
  const [twice] = await project.settled();
  expect(twice!.conclusion).toBe('success');
  expect(head(project)).toBe(after);
  expect(twice!.jobs.filter(({ conclusion }) => conclusion === 'success')).toHaveLength(2);

  tell(
    'A sensor is broken, and another pump changed its past: both are refused, and so is what came with them.',
  );
  await send(project, row('P902'), row('P903', { site: 'moon' }));
  await send(project, row('P902'), row('P901', { failed: 0 }));
  for (const refused of await project.settled()) {
    expect(refused.conclusion).toBe('failure');
    expect(refused.jobs.filter(({ conclusion }) => conclusion !== 'skipped')).toHaveLength(1);
  }
  expect(head(project)).toBe(after);
});
