import type { ConcurrencyWish, Holder } from '../concurrency.ts';
import { wishOf } from '../concurrency.ts';
import { evaluate } from '../expressions.ts';
import { usualPermissions } from '../workflow/permissions.ts';
import { checkCalls } from './calls.ts';
import { githubContext } from './github-context.ts';
import { runFrame } from './run-frame.ts';
import type { Frame, RunState, Yard } from './state.ts';

/** Runs a workflow from its concurrency group to its conclusion. `changed` is told of each change of its status. */
export async function runWorkflow(
  yard: Yard,
  run: RunState,
  inputs: Frame['inputs'],
  changed: () => void,
): Promise<void> {
  const { occasion, workflow } = run;
  const source = { repository: occasion.repository, sha: occasion.sha };
  const usual = usualPermissions(yard.settings.tokenSetting);
  const problems = await checkCalls(yard, { file: workflow, source }, usual);
  if (problems.length > 0) {
    run.problems.push(...problems);
    run.conclusion = 'startup_failure';
    run.status = 'completed';
    changed();
    return;
  }
  changed();

  const contexts = { github: githubContext(yard, run), inputs, vars: yard.settings.variables };
  const wish = wishOf(
    evaluate(workflow.root['concurrency'], { contexts, status: undefined, hashFiles: undefined }),
  );
  const holder: Holder = { label: 'top level workflow', cancel: (why) => run.cancel(why) };
  const entered = wish === undefined || (await enter(yard, run, wish, holder));
  if (entered) {
    run.status = 'in_progress';
    changed();
    const secrets = occasion.fromFork ? {} : yard.settings.secrets;
    const frame: Frame = {
      run,
      file: workflow,
      source,
      inputs,
      secrets,
      permissions: undefined,
      namePrefix: '',
      idPrefix: '',
    };
    try {
      const outcomes = await runFrame(yard, frame);
      const results = [...outcomes.values()].map(({ result }) => result);
      run.conclusion = results.includes('failure')
        ? 'failure'
        : run.cancelled || results.includes('cancelled')
          ? 'cancelled'
          : results.includes('success')
            ? 'success'
            : 'skipped';
    } finally {
      if (wish !== undefined) yard.groups.leave(occasion.repository, wish.group, holder);
    }
  } else run.conclusion = 'cancelled';
  run.status = 'completed';
  changed();
}

/** Cancelled from outside while it waits, it leaves the queue. */
async function enter(yard: Yard, run: RunState, wish: ConcurrencyWish, holder: Holder): Promise<boolean> {
  const { repository } = run.occasion;
  const leave = (): void => yard.groups.leave(repository, wish.group, holder);
  if (run.cancelled) return false;
  const entering = yard.groups.enter(repository, wish, holder);
  let entered = false;
  const onAbort = (): void => {
    if (!entered) leave();
  };
  run.abort.signal.addEventListener('abort', onAbort, { once: true });
  entered = await entering;
  return entered;
}
