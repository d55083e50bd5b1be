import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { initialised } from './rig/beginning.ts';
import { commentsOn } from './rig/project.ts';
import { story } from './rig/story.ts';

const root = join(import.meta.dirname, '../..');

story(
  'T1: a repository with rows of its own, from nothing to its first pull request',
  async ({ project, surroundings, tell }) => {
    tell('Ada has a table of patients, and calls trainyard init --data patients.csv --target diagnosis.');
    project.write(
      'patients.csv',
      readFileSync(join(root, 'pipelines/heart-disease/data/cleveland.csv'), 'utf8'),
    );
    await initialised(project, surroundings, { data: 'patients.csv', target: 'diagnosis' });
    const checked = spawnSync(process.execPath, [join(root, 'dist/bin/trainyard.js'), 'check'], {
      cwd: project.clone,
      encoding: 'utf8',
    });
    tell(`trainyard check: ${checked.stderr.trim()}`);
    expect(checked.status).toBe(0);
    await project.push('Start', 'main', 'ada');
    const [first] = await project.settled();
    expect([first!.workflow, first!.conclusion]).toEqual(['Trainyard main', 'success']);
    tell('She changes a parameter in a pull request.');
    project.git('checkout', '-q', '-b', 'seed');
    project.edit('pipelines/patients/pipeline.yaml', 'trees: 100', 'trees: 30');
    await project.push('Fewer trees', 'seed', 'ada');
    const pull = await project.github.openPull('ada', { headRef: 'seed' });
    const [run] = await project.settled();
    expect([run!.workflow, run!.conclusion]).toEqual(['Trainyard pull request', 'success']);
    const comments = commentsOn(project, pull.number);
    expect(comments).toHaveLength(1);
  },
  { isEmpty: true },
);
