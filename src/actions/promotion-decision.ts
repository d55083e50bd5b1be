import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { PromotionEffects } from '../commands/index.ts';
import { promote, promoteFromTag, rollback } from '../commands/index.ts';
import type { PromotionNews } from '../report/index.ts';
import {
  decisionMarkdown,
  isGranted,
  newsOfPromotion,
  newsOfRollback,
  promotionMarkdown,
  shownRollback,
} from '../report/index.ts';
import { promotionUnclear } from './failures.ts';

/** What came of the question of a job whether a version may stand in a stage. */
export interface Decided {
  readonly granted: boolean;
  readonly model?: string;
  readonly stage?: string;
  readonly version?: string;
  readonly tag?: string;
  readonly summary: string;
  /** For those who look elsewhere. */
  readonly news?: PromotionNews;
}

/** A tag that was pushed, or a model and a stage: to come there, or to go back. */
export interface Asked {
  readonly tag: string | undefined;
  readonly model: string | undefined;
  readonly stage: string | undefined;
  readonly rollback: boolean;
  readonly to: string | undefined;
  readonly why: string | undefined;
}

export async function decideAsked(
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
      ...newsIn(newsOfRollback(done.value)),
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
  const news = newsIn(newsOfPromotion(answer));
  if (answer.kind === 'taken-back') return success({ granted, tag: answer.tag, summary });
  if (answer.kind === 'answered') {
    return success({ granted, ...namesOf(answer.event.event), tag: answer.event.tag, summary, ...news });
  }
  const event = 'event' in answer ? answer.event : undefined;
  return success({
    granted,
    ...namesOf(answer.decision),
    ...(event === undefined ? {} : { tag: event.tag }),
    summary,
    ...news,
  });
}

function newsIn(news: PromotionNews | undefined): Pick<Decided, 'news'> {
  return news === undefined ? {} : { news };
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
