import { execFileSync } from 'node:child_process';
import { init } from '../../../src/commands/index.ts';
import { describeRun } from '../../runner/index.ts';
import type { Project } from './project.ts';
import { openProject } from './project.ts';
import type { Surroundings } from './surroundings.ts';

export const pipeline = 'pump-failure';
export const pipelineFile: string = `pipelines/${pipeline}/pipeline.yaml`;

/**
 * Leaves a bare repository in which somebody has called `trainyard init` and pushed: the workflow of the default branch has
 * trained the first model, which is version v1.0.0 and stands in staging.
 */
export async function makeBeginning(at: string, surroundings: Surroundings): Promise<void> {
  await using project = await openProject(surroundings);
  await initialised(project, surroundings);
  project.write('trainyard.yaml', settings(surroundings));
  await project.push('Start with a sample');
  const runs = await project.settled();
  const [first] = runs;
  if (runs.length !== 1 || first?.conclusion !== 'success') throw new Error(runs.map(describeRun).join('\n'));
  execFileSync('git', ['clone', '-q', '--mirror', project.hub, at]);
}

function settings({ store, images }: Surroundings): string {
  return `version: 1
store: ${store}
stages:
  - name: staging
    auto: true
    deploy: { host: staging.pumps.example.org, tls-secret: pumps-tls }
  - name: production
    from: staging
    environment: production
    promoters: ["@rita"]
    deploy: { host: pumps.example.org, tls-secret: pumps-tls }
image: { base: "${images}/library/node:22", registry: "${images}/octo" }
`;
}

/** `trainyard init` in the clone, at the commit of Trainyard that the surroundings have. */
export async function initialised(
  { clone }: Project,
  { own }: Surroundings,
  options: Partial<Parameters<typeof init>[0]> = {},
): Promise<void> {
  const made = await init({ version: '1.0.0', pin: own.commit, ...options }, { cwd: clone, env: {} });
  if (!made.ok) throw new Error(JSON.stringify(made.failure));
}
