import type { RollbackOptions } from '../../commands/index.ts';
import { rollback } from '../../commands/index.ts';
import type { RollbackAnswer } from '../../registry/index.ts';
import type { DecisionOutcome } from '../../report/index.ts';
import { decisionText } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export async function rollbackVerb(
  console: Console,
  options: RollbackOptions & CommonOptions,
): Promise<void> {
  const done = await rollback(options, effectsOf(console, options));
  if (!done.ok) return fail(console, options, done.failure);
  const answer = done.value;
  const event = 'event' in answer ? { event: answer.event } : {};
  if (options.json === true) printJson(console, answer);
  else {
    const shown = { decision: answer.decision, outcome: outcomes[answer.kind], why: options.why, ...event };
    console.out(decisionText(shown, console.outTerminal));
  }
  console.exit(answer.kind === 'refused' ? 1 : 0);
}

const outcomes: Readonly<Record<RollbackAnswer['kind'], DecisionOutcome>> = {
  'rolled-back': 'done',
  'would-roll-back': 'would',
  refused: 'refused',
  already: 'already',
};
