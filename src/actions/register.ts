import { success } from '../base/index.ts';
import { register } from '../commands/index.ts';
import { isGranted, markdownCode, markdownText } from '../report/index.ts';
import type { Action } from './action.ts';
import { defineAction } from './action.ts';
import { directory, pipeline, token } from './common-inputs.ts';
import { placesOfStages } from './stage-outputs.ts';

export const registerAction: Action = defineAction({
  name: 'register',
  description: 'Makes a version of the model of a run, and brings it to the stages that take every version.',
  packages: true,
  permissions: ['contents: write'],
  inputs: {
    pipeline,
    run: { kind: 'text', description: 'Id of the run. Without it the newest that succeeded.' },
    why: { kind: 'text', description: 'Why; it is written into the tag.' },
    token,
    directory,
  },
  outputs: {
    model: { description: 'Name of the model.' },
    version: { description: 'Name of the version: `v1.4.0`.' },
    stages: { description: 'Stages where it stands by this, as a JSON list: `["staging"]`.' },
    deployments: {
      description:
        'Of these stages, those that say how their versions run, as JSON for a matrix: `[{"stage": "staging", "environment": "staging"}]`.',
    },
  },
  run: async ({ inputs, effects, say }) => {
    const { pipeline: name, run, why, token: secret } = inputs;
    const env = { ...effects.env, GITHUB_TOKEN: secret };
    const done = await register(
      { pipeline: name, ...(run === undefined ? {} : { run }), ...(why === undefined ? {} : { why }) },
      { ...effects, env },
    );
    if (!done.ok) return done;
    const { model, registration, automatic } = done.value;
    const version =
      registration.kind === 'registered'
        ? registration.event.event.name
        : registration.kind === 'already'
          ? registration.version.name
          : '';
    const stages = automatic.filter(({ answer }) => isGranted(answer)).map(({ stage }) => stage);
    const places = await placesOfStages(stages, effects);
    say(`${model} ${version}: ${registration.kind}; stages: ${stages.join(', ') || 'none'}`);
    const lines = [
      `### ${markdownText(model)} ${markdownText(version)}`,
      '',
      `- ${registration.kind === 'already' ? 'was a version already' : 'is a version now'}`,
      ...automatic.map(
        ({ stage, answer }) =>
          `- ${markdownCode(stage)}: ${isGranted(answer) ? 'stands there now' : 'refused; `trainyard promote --dry-run` says why'}`,
      ),
    ];
    return success({
      outputs: {
        model,
        version,
        stages: JSON.stringify(stages),
        deployments: JSON.stringify(
          places.filter(({ deploys }) => deploys).map(({ stage, environment }) => ({ stage, environment })),
        ),
      },
      summary: `${lines.join('\n')}\n`,
    });
  },
});
