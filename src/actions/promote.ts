import { success } from '../base/index.ts';
import type { Action, Annotation } from './action.ts';
import { defineAction } from './action.ts';
import { directory, release, token } from './common-inputs.ts';
import type { Decided } from './promotion-decision.ts';
import { decideAsked } from './promotion-decision.ts';
import { placesOfStages } from './stage-outputs.ts';
import { tellComment, tellReleases } from './tell.ts';

export const promoteAction: Action = defineAction({
  name: 'promote',
  description:
    'Decides a promotion or a rollback, writes what was decided as a tag, and fails when it is refused.',
  packages: true,
  permissions: ['contents: write', 'pull-requests: write'],
  inputs: {
    tag: {
      kind: 'text',
      description:
        'A tag that asks for a promotion: `heart-disease#production#7`. Without it, and without `model`, the tag whose push started the workflow.',
    },
    model: {
      kind: 'text',
      description: 'Instead of a tag: a model, a version, a stage or a run, such as `heart-disease@v1.4.0`.',
    },
    stage: { kind: 'text', description: 'With `model`: the stage to come to, or to roll back.' },
    rollback: {
      kind: 'flag',
      default: 'false',
      description: 'With `model` and `stage`: brings back what stood there before.',
    },
    to: {
      kind: 'text',
      description: 'With `rollback`: the version to bring back, instead of the one before.',
    },
    why: { kind: 'text', description: 'Why; it is written into the tag. A rollback needs it.' },
    comment: {
      kind: 'flag',
      default: 'true',
      description:
        'Says a refusal on the pull request that brought the version, too, and there a grant that follows it.',
    },
    release,
    token,
    directory,
  },
  outputs: {
    granted: { description: '`true` when the version stands in the stage now, else `false`.' },
    model: { description: 'Name of the model.' },
    stage: { description: 'Name of the stage.' },
    version: { description: 'Name of the version: `v1.4.0`.' },
    tag: { description: 'The tag that says what was decided; empty when nothing was written.' },
    environment: { description: 'The Environment of the stage, for the job that deploys.' },
    deploys: { description: '`true` when the stage says how its versions run, else `false`.' },
  },
  run: async ({ inputs, effects, event, say }) => {
    const world = { ...effects, env: { ...effects.env, GITHUB_TOKEN: inputs.token } };
    const decided = await decideAsked(inputs, pushedTag(event), world);
    if (!decided.ok) return decided;
    const { granted, summary, news, ...said } = decided.value;
    const [place] = await placesOfStages(said.stage === undefined ? [] : [said.stage], effects);
    const warnings: Annotation[] = [];
    if (news !== undefined && inputs.comment) warnings.push(...(await tellComment(news, world, say)));
    if (granted && news !== undefined && inputs.release) {
      const names = [news.name, ...(news.replaces === undefined ? [] : [news.replaces])];
      warnings.push(
        ...(await tellReleases(
          names.map((name) => `${news.model}@${name}`),
          world,
          say,
        )),
      );
    }
    return success({
      verdict: granted ? 'pass' : 'fail',
      outputs: {
        granted: String(granted),
        ...said,
        ...(place === undefined ? {} : { environment: place.environment, deploys: String(place.deploys) }),
      },
      summary,
      annotations: [...(granted ? [] : [refusal(decided.value)]), ...warnings],
    });
  },
});

function refusal({ model, version, stage, tag, news }: Decided): Annotation {
  const open = (news?.checks ?? []).filter(({ verdict }) => verdict !== 'pass');
  const why = open.map(({ because }) => `- ${because}`).join('\n');
  const what = stage === undefined ? `The tag ${tag}` : `${model} ${version ?? ''} may not stand in ${stage}`;
  return {
    level: 'error',
    title: 'Promotion refused',
    message: why === '' ? `${what}: the summary of this job says why.` : `${what}:\n${why}`,
  };
}

/** Of a push of a tag, its name. */
function pushedTag({ ref }: Readonly<Record<string, unknown>>): string | undefined {
  const prefix = 'refs/tags/';
  return typeof ref === 'string' && ref.startsWith(prefix) ? ref.slice(prefix.length) : undefined;
}
