import { version } from '../../base/index.ts';
import { planRun, run, triggerOf } from '../../commands/index.ts';
import { runReportText, visible } from '../../report/index.ts';
import type { WrittenRun } from '../../runs/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import type { ExitCode } from '../exit-code.ts';
import { exitCodeOf } from '../exit-code.ts';
import { diagnostics, fail } from '../failures.ts';
import { planText } from '../plan-text.ts';
import { showProgress } from '../progress.ts';
import { pushedText } from './runs-sync.ts';

export interface RunVerbOptions extends CommonOptions {
  readonly pipeline: string;
  readonly param?: readonly string[];
  readonly force?: readonly string[];
  readonly jobs?: number;
  readonly dryRun?: boolean;
  readonly record?: boolean;
  readonly push?: boolean;
  readonly verbose?: boolean;
}

export async function runVerb(console: Console, options: RunVerbOptions): Promise<void> {
  const effects = effectsOf(console, options);
  if (options.dryRun === true) {
    const plan = await planRun(options, effects);
    if (!plan.ok) return fail(console, options, plan.failure);
    if (options.json === true) printJson(console, plan.value);
    else console.out(planText(plan.value, console.outTerminal));
    return;
  }
  const progress = showProgress({
    write: console.err,
    terminal: console.errTerminal,
    now: effects.monotonic,
    verbose: options.verbose === true,
  });
  const done = await run(
    { ...options, trigger: triggerOf(console.env), version: version() },
    { ...effects, listener: progress.listener },
  ).finally(() => progress.close());
  if (!done.ok) return fail(console, options, done.failure);
  const { record, written, unwritten, pushed, unpushed, sources, failures } = done.value;
  if (options.json === true) printJson(console, record);
  else {
    console.out(runReportText(record, console.outTerminal));
    if (unwritten === undefined) console.out(`${whereWritten(record.id, written)}\n`);
    if (pushed !== undefined) console.out(`${pushedText(pushed, false)}\n`);
  }
  for (const note of sources?.notes ?? []) console.err(`${visible(`Note: ${note}.`)}\n`);
  const outside = [...(unwritten === undefined ? [] : [unwritten]), ...(unpushed ?? [])];
  const said = [...failures, ...outside];
  if (said.length > 0) console.err(`\n${diagnostics(console, options, said)}`);
  console.exit(outside.length === 0 ? exitOf(record, failures) : exitCodeOf(said));
}

/** Where the record is, as something that can be typed. */
function whereWritten(id: string, written: WrittenRun | undefined): string {
  switch (written?.kind) {
    case undefined:
      return 'No record was kept.';
    case 'branch':
      return `Recorded (trainyard runs show ${id}):\n  git show ${written.branch}:${written.path}`;
    case 'folder':
      return `Recorded outside of Git: ${written.path}`;
    default:
      return written satisfies never;
  }
}

/** An inconclusive verdict is said, and stops nobody. */
function exitOf(
  { status, verdict }: { readonly status: string; readonly verdict: string },
  failures: Parameters<typeof exitCodeOf>[0],
): ExitCode {
  if (status === 'cancelled') return 130;
  if (status === 'failed') return exitCodeOf(failures) === 0 ? 1 : exitCodeOf(failures);
  return verdict === 'fail' ? 1 : 0;
}
