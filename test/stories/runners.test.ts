import { expect } from 'vitest';
import { pipelineFile } from './rig/beginning.ts';
import { commentsOn } from './rig/project.ts';
import { story } from './rig/story.ts';

story(
  'T5: a pipeline whose training asks for another machine is split over jobs',
  async ({ project, tell }) => {
    tell('Ada wants to train on a machine with a GPU, and fewer trees.');
    project.git('checkout', '-q', '-b', 'gpu');
    project.edit(pipelineFile, '    uses: train\n', '    runs-on: [self-hosted, gpu]\n    uses: train\n');
    project.edit(pipelineFile, 'trees: 100', 'trees: 90');
    await project.push('Train fewer trees on a GPU', 'gpu', 'ada');
    const pull = await project.github.openPull('ada', { headRef: 'gpu' });
    const [run] = await project.settled();
    expect(run!.conclusion).toBe('success');
    const machines = run!.jobs
      .filter(({ conclusion, name }) => conclusion === 'success' && name.includes('pump-failure /'))
      .map(({ runsOn }) => runsOn.join('+'));
    tell(`Its jobs ran on: ${machines.join(', then ')}.`);
    expect(machines).toEqual(['ubuntu-24.04', 'self-hosted+gpu', 'ubuntu-24.04']);
    expect(run!.artifacts.length).toBe(3);
    const comments = commentsOn(project, pull.number);
    tell('One job put the run together, and one comment says what came of it.');
    expect(comments).toHaveLength(1);
  },
  { labels: ['ubuntu-24.04', 'self-hosted', 'gpu'] },
);
