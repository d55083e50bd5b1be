import { success } from '../base/index.ts';
import { deploy } from '../commands/index.ts';
import { markdownCode, markdownText } from '../report/index.ts';
import type { Action } from './action.ts';
import { defineAction } from './action.ts';
import { directory, token } from './common-inputs.ts';

export const deployAction: Action = defineAction({
  name: 'deploy',
  description: 'Brings the version that stands in a stage to where the stage runs: image, manifests, branch.',
  packages: true,
  permissions: ['contents: write', 'deployments: write', 'packages: write'],
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
    url: { description: 'Where it answers, when this job started it.' },
  },
  run: async ({ inputs, effects, say }) => {
    const { model: reference, stage: to, image, token: secret } = inputs;
    const env = { ...effects.env, GITHUB_TOKEN: secret };
    const done = await deploy(
      { reference, to, ...(image === undefined ? {} : { image }) },
      { ...effects, env, onStep: (step) => say(JSON.stringify(step)) },
    );
    if (!done.ok) return done;
    const { model, stage, version, image: built, provenance, branch, rollout } = done.value;
    const lines = [
      `### ${markdownText(model)} ${markdownText(version)} is deployed to ${markdownText(stage)}`,
      '',
      `- image ${markdownCode(built)}`,
      `- provenance ${provenance.verdict}: ${markdownText(provenance.because)}`,
      ...(branch === undefined
        ? []
        : [`- branch ${markdownCode(branch.name)}: ${branch.changed.length} files changed`]),
    ];
    return success({
      outputs: {
        version,
        image: built,
        ...(branch === undefined ? {} : { branch: branch.name }),
        ...(branch?.commit === undefined ? {} : { commit: branch.commit }),
        ...(rollout === undefined ? {} : { url: rollout.url }),
      },
      summary: `${lines.join('\n')}\n`,
    });
  },
});
