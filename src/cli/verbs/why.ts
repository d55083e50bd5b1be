import { why } from '../../commands/index.ts';
import type { WhyStep } from '../../pipeline/index.ts';
import { describeReason } from '../../pipeline/index.ts';
import { visible } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export interface WhyVerbOptions extends CommonOptions {
  readonly pipeline: string;
  readonly step: string;
  readonly param?: readonly string[];
}

export async function whyVerb(console: Console, options: WhyVerbOptions): Promise<void> {
  const answer = await why(options, effectsOf(console, options));
  if (!answer.ok) return fail(console, options, answer.failure);
  if (options.json === true) printJson(console, answer.value);
  else console.out(`${answer.value.map((step) => visible(said(step))).join('\n')}\n`);
}

function said({ id, decision, reasons, before, causes }: WhyStep): string {
  switch (decision) {
    case 'cached': {
      const last =
        before.length === 0 ? '' : ` It ran last because ${before.map(describeReason).join('; ')}.`;
      return `${id} is up to date.${last}`;
    }
    case 'run':
      return `${id} runs: ${reasons.map(describeReason).join('; ')}`;
    case 'pending': {
      const own = reasons.map(describeReason).join('; ');
      if (own !== '') return `${id} runs: ${own}`;
      const first = causes.map((cause) => `${cause.id} (${cause.reasons.map(describeReason).join('; ')})`);
      return `${id} depends on ${first.length === 0 ? 'steps that run first' : first.join(', ')}`;
    }
    case 'skip':
      return `${id} is skipped`;
    default:
      return decision satisfies never;
  }
}
