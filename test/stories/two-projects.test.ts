import { expect } from 'vitest';
import type { RunResult } from '../runner/index.ts';
import { initialised } from './rig/beginning.ts';
import { commentsOn } from './rig/project.ts';
import { story } from './rig/story.ts';

story(
  'T1: two projects in folders of one repository, each with its own workflows, comment and version',
  async ({ project, surroundings, tell }) => {
    tell(
      'Ada calls trainyard init services/pumps --name pumps, and Ben trainyard init services/valves --name valves.',
    );
    await initialised(project, surroundings, { folder: 'services/pumps', name: 'pumps' });
    await initialised(project, surroundings, { folder: 'services/valves', name: 'valves' });
    const own = /^store: .*$/m.exec(project.read('services/pumps/trainyard.yaml'))![0];
    for (const each of ['pumps', 'valves']) {
      project.edit(`services/${each}/trainyard.yaml`, own, `store: ${surroundings.store}`);
    }
    await project.push('Start', 'main', 'ada');
    const first = await project.settled();
    expect(ended(first)).toEqual([
      'Trainyard main (services/pumps): success',
      'Trainyard main (services/valves): success',
    ]);
    const tags = project.git('ls-remote', '--tags', 'origin');
    expect(tags).toContain('refs/tags/pumps@v1.0.0');
    expect(tags).toContain('refs/tags/valves@v1.0.0');
    tell('Both have a version. Ben changes a parameter of his, in a pull request.');
    project.git('checkout', '-q', '-b', 'seed');
    project.edit('services/valves/pipelines/valves/pipeline.yaml', 'trees: 100', 'trees: 30');
    await project.push('Fewer trees', 'seed', 'ben');
    const pull = await project.github.openPull('ben', { headRef: 'seed' });
    const runs = await project.settled();
    expect(ended(runs)).toEqual([
      'Trainyard pull request (services/pumps): success',
      'Trainyard pull request (services/valves): success',
    ]);
    const comments = commentsOn(project, pull.number);
    expect(comments).toHaveLength(1);
    expect(comments[0]!).toContain('pipeline=valves');
    expect(comments[0]!).toContain('trees');
    tell('Rita asks with a tag for his first version in production. Nobody else answers.');
    project.git('fetch', '-q', 'origin', '--tags');
    project.git('tag', 'valves#production#2', 'valves@v1.0.0^{}');
    await project.github.pushed('rita', async () =>
      project.git('push', '-q', 'origin', 'valves#production#2'),
    );
    expect(ended(await project.settled())).toEqual(['Trainyard promote (services/valves): success']);
    expect(project.git('ls-remote', '--tags', 'origin')).toContain('refs/tags/valves#production#3');
  },
  { isEmpty: true },
);

function ended(runs: readonly RunResult[]): readonly string[] {
  return runs
    .filter(({ conclusion }) => conclusion !== 'skipped')
    .map(({ workflow, conclusion }) => `${workflow}: ${conclusion}`)
    .sort();
}
