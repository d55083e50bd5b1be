import type { RollbackOptions } from '../../commands/index.ts';
import { rollback } from '../../commands/index.ts';
import { decisionText, isGranted, shownRollback } from '../../report/index.ts';
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
  if (options.json === true) printJson(console, answer);
  else console.out(decisionText(shownRollback(answer, options.why), console.outTerminal));
  console.exit(isGranted(answer) ? 0 : 1);
}
