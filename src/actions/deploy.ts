import { failed, success } from '../base/index.ts';
import type { Effects } from '../commands/index.ts';
import { deploy, findRoot } from '../commands/index.ts';
import { sentenceOfStep, stageSettings } from '../deploy/index.ts';
import { loadProject } from '../pipeline/index.ts';
import { markdownCode, markdownText } from '../report/index.ts';
import type { Action } from './action.ts';
import { defineAction } from './action.ts';
import { directory, token } from './common-inputs.ts';
import { machineThrownAway } from './failures.ts';

export const deployAction: Action = defineAction({
  name: 'deploy',
  description: 'Brings the version that stands in a stage to where the stage runs: image, manifests, branch.',
  packages: true,
  permissions: ['contents: write', 'packages: write'],
  inputs: {
    model: { kind: 'text', required: true, description: 'Name of the model.' },
    stage: { kind: 'text', required: true, description: 'Name of the stage.' },
    image: {
      kind: 'text',
      description:
        'An image that holds the version, as `<repository>@<digest>`. Without it one is built and pushed.',
    },
    token,
    directory,
  },
  outputs: {
    version: { description: 'Name of the version that is deployed.' },
    image: { description: 'The image, as `<repository>@<digest>`.' },
    branch: { description: 'Branch of the manifests: `deploy/production`.' },
    commit: { description: 'Of that branch.' },
    url: {
      description:
        'Where predictions are answered: behind the balancer that this job started, or at the `host` of the stage.',
    },
  },
  run: async ({ inputs, effects, say }) => {
    const { model: reference, stage: to, image, token: secret } = inputs;
    const env = { ...effects.env, GITHUB_TOKEN: secret };
    if (effects.env['RUNNER_ENVIRONMENT'] === 'github-hosted' && (await runsHere(to, effects)))
      return failed([machineThrownAway(to)]);
    const done = await deploy(
      { reference, to, ...(image === undefined ? {} : { image }) },
      { ...effects, env, onStep: (step) => say(sentenceOfStep(step)) },
    );
    if (!done.ok) return done;
    const { model, stage, version, image: built, provenance, branch, url } = done.value;
    const lines = [
      `### ${markdownText(model)} ${markdownText(version)} is deployed to ${markdownText(stage)}`,
      '',
      `- image ${markdownCode(built)}`,
      `- provenance ${provenance.verdict}: ${markdownText(provenance.because)}`,
      ...(branch === undefined
        ? []
        : [`- branch ${markdownCode(branch.name)}: ${branch.changed.length} files changed`]),
      ...(url === undefined ? [] : [`- answers at ${markdownCode(url)}`]),
    ];
    return success({
      outputs: {
        version,
        image: built,
        ...(branch === undefined ? {} : { branch: branch.name }),
        ...(branch?.commit === undefined ? {} : { commit: branch.commit }),
        ...(url === undefined ? {} : { url }),
      },
      summary: `${lines.join('\n')}\n`,
    });
  },
});

/** The stage starts its containers on the machine that deploys. */
async function runsHere(stage: string, { cwd }: Pick<Effects, 'cwd'>): Promise<boolean> {
  const project = await loadProject(findRoot(cwd));
  const file = project.ok ? project.value.stages.find(({ name }) => name === stage) : undefined;
  return file !== undefined && stageSettings(file).target === 'docker';
}
