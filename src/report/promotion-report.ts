import type { PromotionAnswer, RollbackAnswer } from '../registry/index.ts';
import type { Canvas } from './canvas.ts';
import { plainCanvas } from './canvas.ts';
import type { DecisionOutcome, ShownDecision } from './decision-report.ts';
import { answeredText, decisionMarkdown, decisionText } from './decision-report.ts';
import type { MarkdownOptions } from './render-markdown.ts';

/** What came of a promotion, for a terminal. */
export function promotionText(answer: PromotionAnswer, why: string | undefined, canvas: Canvas): string {
  if (answer.kind === 'answered') return answeredText(answer.event, canvas);
  if (answer.kind === 'taken-back') return takenBack(answer.tag);
  return decisionText(shownPromotion(answer, why), canvas);
}

/** The same for a job's summary or a comment; of a tag that was answered before, who decided what. */
export function promotionMarkdown(
  answer: PromotionAnswer,
  why: string | undefined,
  options?: MarkdownOptions,
): string {
  if (answer.kind === 'answered') {
    const text = answeredText(answer.event, plainCanvas());
    return `\`\`\`text\n${text}\`\`\`\n`;
  }
  if (answer.kind === 'taken-back') return takenBack(answer.tag);
  return decisionMarkdown(shownPromotion(answer, why), options);
}

/**
 * Whether the version stands in the stage, or would. A tag that was refused before is refused still: whoever deploys by
 * this may not deploy it.
 */
export function isGranted(answer: PromotionAnswer | RollbackAnswer): boolean {
  switch (answer.kind) {
    case 'refused':
    case 'taken-back':
      return false;
    case 'answered':
      return answer.event.event.kind === 'assign';
    default:
      return true;
  }
}

export function shownRollback(answer: RollbackAnswer, why: string): ShownDecision {
  const event = 'event' in answer ? { event: answer.event } : {};
  return { decision: answer.decision, outcome: rollbackOutcomes[answer.kind], why, ...event };
}

function takenBack(tag: string): string {
  return `The tag ${tag} was taken back by another one: there is nothing to decide.\n`;
}

function shownPromotion(
  answer: Exclude<PromotionAnswer, { kind: 'answered' | 'taken-back' }>,
  why: string | undefined,
): ShownDecision {
  const event = 'event' in answer && answer.event !== undefined ? { event: answer.event } : {};
  const said = why === undefined ? {} : { why };
  return { decision: answer.decision, outcome: promotionOutcomes[answer.kind], ...event, ...said };
}

const promotionOutcomes: Readonly<
  Record<'promoted' | 'would-promote' | 'refused' | 'already', DecisionOutcome>
> = {
  promoted: 'done',
  'would-promote': 'would',
  refused: 'refused',
  already: 'already',
};

const rollbackOutcomes: Readonly<Record<RollbackAnswer['kind'], DecisionOutcome>> = {
  'rolled-back': 'done',
  'would-roll-back': 'would',
  refused: 'refused',
  already: 'already',
};
