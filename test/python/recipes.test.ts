import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { merged } from '../docs/rig/check-yaml.ts';
import { readPage } from '../docs/rig/page.ts';
import { Repository } from '../rig/repository.ts';
import { pythonPath } from './run-python.ts';

it('S2: the step in Python of docs/recipes.md trains a model that is measured beside the others', async () => {
  const { blocks } = readPage('docs/recipes.md');
  const script = blocks.find(({ directives }) => directives.file?.endsWith('train.py'))!;
  const part = blocks.find(({ directives }) => directives.merge?.endsWith('pipeline.yaml'))!;
  const programs = join(pythonPath(), '..');
  using repository = Repository.withHeartDisease({ programs: [programs] });
  repository.write(script.directives.file!, script.text);
  const file = part.directives.merge!;
  repository.write(file, stringify(merged(parse(repository.read(file)), parse(part.text))));
  repository.commit('Add a step in Python');
  const run = await repository.trainyard('run', 'heart-disease', '--json');
  expect(run.code, run.stderr).toBe(0);
  const shown = await repository.trainyard('runs', 'show', 'latest');
  expect(shown.stdout).toMatch(/sklearn +0\.[89]/);
});
