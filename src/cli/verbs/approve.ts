import type { ApproveOptions, ApproveReport } from '../../commands/index.ts';
import { approve } from '../../commands/index.ts';
import { visible } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export async function approveVerb(console: Console, options: ApproveOptions & CommonOptions): Promise<void> {
  const done = await approve(options, effectsOf(console, options));
  if (!done.ok) return fail(console, options, done.failure);
  if (options.json === true) printJson(console, done.value);
  else console.out(`${said(done.value).map(visible).join('\n')}\n`);
}

function said({ kind, model, name, stage, by, approvals, needed }: ApproveReport): readonly string[] {
  const what = `${model}@${name} for ${stage}`;
  const first =
    kind === 'approved'
      ? `${by.name} approves ${what}.`
      : kind === 'already'
        ? `${by.name} has approved ${what} already.`
        : `${by.name} would approve ${what}; nothing was written.`;
  const counting = approvals.filter(({ problem }) => problem === undefined).map((each) => each.by.name);
  const others = approvals.flatMap(({ by: who, problem }) =>
    problem === undefined ? [] : [`That of ${who.name} does not count: ${problem}.`],
  );
  const names = counting.length === 0 ? 'Nobody has approved it' : `Approved by ${counting.join(', ')}`;
  return [first, `${names}; ${stage} asks for ${needed}, of others than the promoter.`, ...others];
}
