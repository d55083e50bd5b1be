import type {
  DecidedCheck,
  Decision,
  PromotionAnswer,
  RollbackAnswer,
  VersionName,
} from '../registry/index.ts';
import { checkLines } from './decision-report.ts';
import type { Block, Line } from './document.ts';
import { line, span } from './document.ts';
import { isGranted } from './promotion-report.ts';
import { renderMarkdown } from './render-markdown.ts';

/** What people who look at a version elsewhere should know of a decision: granted or refused, whoever decided it when. */
export interface PromotionNews {
  readonly model: string;
  readonly name: VersionName;
  readonly stage: string;
  readonly granted: boolean;
  /** Who asked. */
  readonly by: string;
  readonly checks: readonly DecidedCheck[];
  /** The tag that asked for it. */
  readonly request?: string;
  /** The tag that says what was decided. */
  readonly tag?: string;
  /** What stood there before. */
  readonly replaces?: VersionName;
}

/** `undefined` where no version was decided about: a tag that was taken back, or one of a commit without a version. */
export function newsOfPromotion(answer: PromotionAnswer): PromotionNews | undefined {
  if (answer.kind === 'taken-back') return undefined;
  if (answer.kind !== 'answered') return newsOf(answer, isGranted(answer));
  const { tag, event } = answer.event;
  const { model, name, stage, by, checks, request } = event;
  if (name === undefined) return undefined;
  const replaced = event.kind === 'assign' ? event.replaces : undefined;
  return {
    ...{ model, name, stage, by: by.name, checks, tag, granted: isGranted(answer) },
    ...(request === undefined ? {} : { request }),
    ...(replaced === undefined ? {} : { replaces: replaced }),
  };
}

export function newsOfRollback(answer: RollbackAnswer): PromotionNews | undefined {
  return newsOf(answer, isGranted(answer));
}

function newsOf(
  answer: { readonly decision: Decision; readonly event?: { readonly tag: string } },
  granted: boolean,
): PromotionNews | undefined {
  const { model, name, stage, by, checks, request, replaces } = answer.decision;
  if (name === undefined) return undefined;
  return {
    ...{ model, name, stage, by: by.name, checks, granted },
    ...(request === undefined ? {} : { request }),
    ...(replaces === undefined ? {} : { replaces }),
    ...(answer.event === undefined ? {} : { tag: answer.event.tag }),
  };
}

/**
 * The comment on the pull request that brought the version: who asked, what refused it, and where the rest is. Once it is
 * granted the same comment says so. `summary` is the page of the job that decided.
 */
export function promotionComment(news: PromotionNews, summary: string | undefined): string {
  const { model, name, stage, granted, by, request, tag, checks } = news;
  const asked = request === undefined ? [] : [' with the tag ', span(request, 'name')];
  const heading: Block = {
    kind: 'heading',
    level: 3,
    text: `${model} ${name} → ${stage}: ${granted ? 'granted' : 'refused'}`,
  };
  const page = summary === undefined ? [] : [{ text: 'The whole decision', link: summary }];
  if (granted) {
    const recorded = tag === undefined ? ['.'] : ['; recorded as ', span(tag, 'name'), '.'];
    const now = line(`It stands in ${stage} now. Asked for by `, span(by, 'strong'), ...asked, ...recorded);
    return renderMarkdown([
      heading,
      paragraph(now),
      ...(page.length === 0 ? [] : [paragraph(line(...page, '.'))]),
    ]);
  }
  const open = checks.filter(({ verdict }) => verdict !== 'pass');
  const met = checks.length - open.length;
  const count = open.length === 1 ? 'One condition is not met:' : `${open.length} conditions are not met:`;
  const others = met === 1 ? 'One other condition is met.' : `${met} other conditions are met.`;
  const again = span(`trainyard promote ${model}@${name} --to ${stage} --dry-run`, 'term');
  return renderMarkdown([
    heading,
    paragraph(line('Asked for by ', span(by, 'strong'), ...asked, '. ', span(count, 'bad'))),
    { kind: 'list', items: checkLines(open) },
    ...(met === 0 ? [] : [paragraph(line(others))]),
    paragraph(
      line(...page, page.length === 0 ? 'As it would be now: ' : '. As it would be now: ', again, '.'),
    ),
  ]);
}

function paragraph(text: Line): Block {
  return { kind: 'paragraph', line: text };
}
