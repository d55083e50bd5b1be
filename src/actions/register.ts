import { success } from '../base/index.ts';
import { register } from '../commands/index.ts';
import type { PromotionAnswer } from '../registry/index.ts';
import {
  isGranted,
  markdownCode,
  markdownText,
  newsOfPromotion,
  promotionMarkdown,
} from '../report/index.ts';
import type { Action, Annotation } from './action.ts';
import { defineAction } from './action.ts';
import { directory, pipeline, release, token } from './common-inputs.ts';
import { placesOfStages } from './stage-outputs.ts';
import { tellReleases } from './tell.ts';

export const registerAction: Action = defineAction({
  name: 'register',
  description: 'Makes a version of the model of a run, and brings it to the stages that take every version.',
  packages: true,
  permissions: ['contents: write'],
  inputs: {
    pipeline,
    run: {
      kind: 'text',
      description:
        'Id of the run. Without it the newest of the commit that is checked out, or of one before it; it has to have passed.',
    },
    why: { kind: 'text', description: 'Why; it is written into the tag.' },
    release,
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
    const world = { ...effects, env: { ...effects.env, GITHUB_TOKEN: secret } };
    const done = await register(
      { pipeline: name, ...(run === undefined ? {} : { run }), ...(why === undefined ? {} : { why }) },
      world,
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
    const refused = automatic.filter(({ answer }) => !isGranted(answer));
    const places = await placesOfStages(stages, effects);
    say(`${model} ${version}: ${registration.kind}; stages: ${stages.join(', ') || 'none'}`);
    const lines = [
      `### ${markdownText(model)} ${markdownText(version)}`,
      '',
      `- ${registration.kind === 'already' ? 'was a version already' : 'is a version now'}`,
      ...automatic.map(
        ({ stage, answer }) =>
          `- ${markdownCode(stage)}: ${isGranted(answer) ? 'stands there now' : 'refused, as is said below'}`,
      ),
      ...refused.flatMap(({ answer }) => ['', promotionMarkdown(answer, why).trimEnd()]),
    ];
    const replaced = automatic.flatMap(({ answer }) =>
      isGranted(answer) ? (newsOfPromotion(answer)?.replaces ?? []) : [],
    );
    const told = inputs.release && version !== '' ? [version, ...new Set(replaced)] : [];
    const warnings = await tellReleases(
      told.map((each) => `${model}@${each}`),
      world,
      say,
    );
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
      annotations: [
        ...refused.map(({ stage, answer }) => notBrought(`${model} ${version}`, stage, answer)),
        ...warnings,
      ],
    });
  },
});

/** A version that is registered and does not come to a stage is no failure of the job; somebody should see it all the same. */
function notBrought(version: string, stage: string, answer: PromotionAnswer): Annotation {
  const open = (newsOfPromotion(answer)?.checks ?? []).filter(({ verdict }) => verdict !== 'pass');
  return {
    level: 'warning',
    title: `${version} does not come to ${stage}`,
    message: open.map(({ because }) => `- ${because}`).join('\n') || 'The summary of this job says why.',
  };
}
