import type { Decision, Plan } from '../pipeline/index.ts';
import { describeReason } from '../pipeline/index.ts';
import { visible } from '../report/index.ts';
import type { Terminal } from './terminal.ts';

/** A plan for people: one line a step, what would happen and why. */
export function planText(plan: Plan, { colour }: Terminal): string {
  const width = Math.max(0, ...plan.steps.map(({ id }) => id.length));
  const lines = plan.steps.map(({ id, decision }) => {
    const [mark, word, why] = said(decision);
    const text = visible(`${mark} ${id.padEnd(width)}  ${word.padEnd(7)}  ${why}`.trimEnd());
    return decision.kind === 'cached' || decision.kind === 'skip' ? colour('dim', text) : text;
  });
  const count = (kind: Decision['kind']): number =>
    plan.steps.filter(({ decision }) => decision.kind === kind).length;
  const total =
    `${count('run')} to run, ${count('pending')} depending on them, ` +
    `${count('cached')} up to date, ${count('skip')} skipped`;
  return `${[...lines, '', `${plan.pipeline}: ${total}`].join('\n')}\n`;
}

function said(decision: Decision): [mark: string, word: string, why: string] {
  switch (decision.kind) {
    case 'cached':
      return ['=', 're-use', 'nothing changed'];
    case 'run':
      return ['>', 'run', decision.reasons.map(describeReason).join('; ')];
    case 'pending': {
      const reasons = decision.reasons.map(describeReason);
      return ['?', 'depends', [...reasons, `on ${decision.on.join(', ')}`].join('; ')];
    }
    case 'skip':
      return ['-', 'skip', decision.because];
    default:
      return decision satisfies never;
  }
}
