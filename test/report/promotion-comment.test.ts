import { describe, expect, it } from 'vitest';
import type { Decision, PromotionAnswer } from '../../src/registry/index.ts';
import {
  newsOfPromotion,
  newsOfRollback,
  promotionComment,
  promotionMarker,
} from '../../src/report/index.ts';
import { hostile } from './cases.ts';

const decision: Decision = {
  model: 'heart-disease',
  name: 'v1.4.0',
  stage: 'production',
  cause: 'promotion',
  by: { name: '@eve', proof: 'forge' },
  verdict: 'fail',
  checks: [
    { check: 'version', verdict: 'pass', because: 'v1.4.0 is registered' },
    { check: 'promoter', verdict: 'fail', because: '@eve is not among the promoters' },
    { check: 'provenance', verdict: 'inconclusive', because: 'nobody signed' },
    { check: 'gate', verdict: 'pass', because: 'roc_auc is at least 0.85' },
  ],
  replaces: 'v1.3.0',
  request: 'heart-disease#production#7',
};
const page = 'https://github.com/octo/hearts/actions/runs/7';
const comment = (answer: PromotionAnswer, summary: string | undefined = page): string =>
  promotionComment(newsOfPromotion(answer)!, summary);

describe('V4: the comment of a promotion', () => {
  it('says who asked, what refused it, what was met, and where the rest is', () => {
    expect(comment({ kind: 'refused', decision })).toBe(`### heart-disease v1.4.0 → production: refused

Asked for by **@\u200beve** with the tag \`heart-disease#production#7\`. **2 conditions are not met:**

- ❌ promoter    @\u200beve is not among the promoters
- ⚠️ provenance  nobody signed

2 other conditions are met.

[The whole decision](${page}). As it would be now: \`trainyard promote heart-disease@v1.4.0 --to production --dry-run\`.
`);
  });

  it('says a grant that came after it', () => {
    const event = { tag: 'heart-disease#production#8' } as never;
    const granted = comment({ kind: 'promoted', decision: { ...decision, verdict: 'pass' }, event });
    expect(granted).toContain('→ production: granted');
    expect(granted).toContain('It stands in production now. Asked for by **@\u200beve** with the tag');
    expect(granted).toContain('recorded as `heart-disease#production#8`');
    expect(granted).not.toContain('promoters');
  });

  it('is the same for a tag that was answered before, and none for what is about no version', () => {
    const { model, name, stage, by, checks, request } = decision;
    const event = { kind: 'unassign', cause: 'refused', model, name, stage, by, checks, request } as never;
    const answered = { kind: 'answered', event: { tag: 'heart-disease#production!#8', event } } as never;
    expect(comment(answered)).toBe(comment({ kind: 'refused', decision }));
    expect(newsOfPromotion({ kind: 'taken-back', tag: 'x' })).toBeUndefined();
    const { name: _, ...nameless } = decision;
    expect(newsOfPromotion({ kind: 'refused', decision: nameless })).toBeUndefined();
    expect(newsOfRollback({ kind: 'already', decision } as never)).toMatchObject({
      granted: true,
      replaces: 'v1.3.0',
    });
  });

  it('P5: makes text of others harmless, without a page of the job, too', () => {
    const text = promotionComment(
      newsOfPromotion({
        kind: 'refused',
        decision: {
          ...decision,
          by: { name: `@${hostile}`, proof: 'nobody' },
          request: hostile,
          checks: [{ check: 'gate', verdict: 'fail', because: hostile }],
        },
      })!,
      undefined,
    );
    expect(text).not.toMatch(/<img|<!--|@octocat|https:\/\/evil|\]\(|\p{Cc}(?<!\n)/u);
    expect(promotionMarker('a--> @octocat', 'b\n')).toBe(
      '<!-- trainyard:promotion model=a-%2d%3e%20%40octocat stage=b%0a -->',
    );
  });
});
