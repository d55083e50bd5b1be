import { promote, promoteFromTag } from '../../commands/index.ts';
import type { PromotionAnswer } from '../../registry/index.ts';
import { isGranted, promotionMarkdown, promotionText } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail, usageFailure } from '../failures.ts';

export interface PromoteVerbOptions extends CommonOptions {
  readonly reference: string | undefined;
  readonly to?: string;
  readonly fromTag?: string;
  readonly why?: string;
  readonly key?: string;
  readonly dryRun?: boolean;
  /** As Markdown, for the summary of a job. */
  readonly md?: boolean;
}

export async function promoteVerb(console: Console, options: PromoteVerbOptions): Promise<void> {
  const { reference, to, fromTag, why, ...rest } = options;
  const effects = effectsOf(console, options);
  const wrong = misuse(options);
  if (wrong !== undefined) {
    return fail(console, options, [usageFailure({ code: 'cli-usage', message: wrong })]);
  }
  const said = why === undefined ? {} : { why };
  const done =
    fromTag === undefined
      ? await promote({ ...rest, ...said, reference: reference!, to: to! }, effects)
      : await promoteFromTag({ ...rest, tag: fromTag }, effects);
  if (!done.ok) return fail(console, options, done.failure);
  const answer = done.value;
  if (options.json === true) printJson(console, answer);
  else console.out(textOf(answer, console, options));
  console.exit(isGranted(answer) ? 0 : 1);
}

function misuse({ reference, to, fromTag, why }: PromoteVerbOptions): string | undefined {
  if (fromTag === undefined) {
    return reference === undefined || to === undefined
      ? 'promote takes a model and "--to <stage>", or "--from-tag <tag>"'
      : undefined;
  }
  if (reference !== undefined || to !== undefined)
    return 'a tag says itself what it asks for: leave out the model and "--to"';
  return why === undefined
    ? undefined
    : '"--why" is for promotions that are typed: whoever pushed the tag had the reason';
}

function textOf(answer: PromotionAnswer, { outTerminal }: Console, { why, md }: PromoteVerbOptions): string {
  return md === true ? promotionMarkdown(answer, why) : promotionText(answer, why, outTerminal);
}
