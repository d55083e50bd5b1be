import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { PromotionEffects } from '../commands/index.ts';
import { promote, promoteFromTag, rollback } from '../commands/index.ts';
import { decisionMarkdown, isGranted, promotionMarkdown, shownRollback } from '../report/index.ts';
import type { Action } from './action.ts';
import { defineAction } from './action.ts';
import { directory, token } from './common-inputs.ts';
import { promotionUnclear } from './failures.ts';
import { placesOfStages } from './stage-outputs.ts';

export const promoteAction: Action = defineAction({
  name: 'promote',
  description:
    'Decides a promotion or a rollback, writes what was decided as a tag, and fails when it is refused.',
  packages: true,
  permissions: ['contents: write'],
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
  run: async ({ inputs, effects, event }) => {
    const env = { ...effects.env, GITHUB_TOKEN: inputs.token };
    const decided = await decide(inputs, pushedTag(event), { ...effects, env });
    if (!decided.ok) return decided;
    const { granted, summary, ...said } = decided.value;
    const [place] = await placesOfStages(said.stage === undefined ? [] : [said.stage], effects);
    return success({
      verdict: granted ? 'pass' : 'fail',
      outputs: {
        granted: String(granted),
        ...said,
        ...(place === undefined ? {} : { environment: place.environment, deploys: String(place.deploys) }),
      },
      summary,
      ...(granted
        ? {}
        : {
            annotations: [
              {
                level: 'error' as const,
                title: 'Promotion refused',
                message: `${said.model} ${said.version ?? ''} may not stand in ${said.stage}: the summary of this job says why.`,
              },
            ],
          }),
    });
  },
});

interface Decided {
  readonly granted: boolean;
  readonly model?: string;
  readonly stage?: string;
  readonly version?: string;
  readonly tag?: string;
  readonly summary: string;
}

interface Asked {
  readonly tag: string | undefined;
  readonly model: string | undefined;
  readonly stage: string | undefined;
  readonly rollback: boolean;
  readonly to: string | undefined;
  readonly why: string | undefined;
}

async function decide(
  asked: Asked,
  pushed: string | undefined,
  effects: PromotionEffects,
): Promise<Result<Decided, readonly Failure[]>> {
  const { model, stage, why, to } = asked;
  const said = why === undefined ? {} : { why };
  if (asked.rollback) {
    if (model === undefined || stage === undefined || why === undefined) {
      return failed([promotionUnclear('A rollback needs `model`, `stage` and `why`')]);
    }
    const done = await rollback(
      { reference: model, stage, why, ...(to === undefined ? {} : { to }) },
      effects,
    );
    if (!done.ok) return done;
    const { decision } = done.value;
    return success({
      granted: isGranted(done.value),
      ...namesOf(decision),
      ...('event' in done.value ? { tag: done.value.event.tag } : {}),
      summary: decisionMarkdown(shownRollback(done.value, why)),
    });
  }
  const tag = asked.tag ?? (model === undefined ? pushed : undefined);
  if (tag === undefined && (model === undefined || stage === undefined)) {
    return failed([promotionUnclear('Neither a tag nor `model` and `stage` say what to promote')]);
  }
  const done =
    tag === undefined
      ? await promote({ reference: model!, to: stage!, ...said }, effects)
      : await promoteFromTag({ tag }, effects);
  if (!done.ok) return done;
  const answer = done.value;
  const summary = promotionMarkdown(answer, why);
  const granted = isGranted(answer);
  if (answer.kind === 'taken-back') return success({ granted, tag: answer.tag, summary });
  if (answer.kind === 'answered') {
    return success({ granted, ...namesOf(answer.event.event), tag: answer.event.tag, summary });
  }
  const event = 'event' in answer ? answer.event : undefined;
  return success({
    granted,
    ...namesOf(answer.decision),
    ...(event === undefined ? {} : { tag: event.tag }),
    summary,
  });
}

function namesOf({
  model,
  stage,
  name,
}: {
  readonly model: string;
  readonly stage: string;
  readonly name?: string | undefined;
}): Pick<Decided, 'model' | 'stage' | 'version'> {
  return { model, stage, ...(name === undefined ? {} : { version: name }) };
}

/** Of a push of a tag, its name. */
function pushedTag({ ref }: Readonly<Record<string, unknown>>): string | undefined {
  const prefix = 'refs/tags/';
  return typeof ref === 'string' && ref.startsWith(prefix) ? ref.slice(prefix.length) : undefined;
}
