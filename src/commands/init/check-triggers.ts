import type { Failure } from '../../base/index.ts';
import type { Pipeline } from '../../pipeline/index.ts';
import { meetsFilters } from '../filter-paths.ts';
import type { CallerName } from './callers.ts';
import { triggerMissing, workflowUnheard } from './failures.ts';
import type { FoundCaller } from './find-callers.ts';
import { eventsOf, filterOf, textsOf, workflowsHeard } from './find-callers.ts';

/** Triggers of pipelines that no caller of their project has. */
export function missingTriggers(
  found: readonly FoundCaller[],
  pipelines: readonly Pick<Pipeline, 'file' | 'place'>[],
): readonly Failure[] {
  const having = (calls: CallerName, event?: string): readonly FoundCaller[] =>
    found.filter((each) => each.calls === calls && (event === undefined || eventsOf(each).includes(event)));
  return pipelines.flatMap(({ file, place }) => {
    const { on } = file;
    if (on === undefined) return [];
    const failures: Failure[] = [];
    (on.schedule ?? []).forEach(({ cron }, i) => {
      if (having('schedule').some((caller) => cronsOf(caller.text).includes(cron))) return;
      const path = having('schedule')[0]?.path;
      failures.push(triggerMissing(place(['on', 'schedule', i, 'cron']), `schedule: ${cron}`, path));
    });
    for (const [trigger, calls, event] of [
      ['dispatch', 'dispatch', undefined],
      ['drift', 'dispatch', undefined],
      ['data', 'watch-data', undefined],
      ['push', 'main', 'push'],
      ['pull_request', 'pull-request', 'pull_request'],
    ] as const) {
      if (!(trigger in on)) continue;
      const callers = having(calls, event);
      if (callers.length === 0) {
        failures.push(triggerMissing(place(['on', trigger]), trigger, having(calls)[0]?.path));
      } else if (event !== undefined) {
        (on[event]?.branches ?? []).forEach((branch, i) => {
          if (branch.startsWith('!') || callers.some((caller) => hears(caller, event, branch))) return;
          const said = `${event}: branches: ${branch}`;
          failures.push(triggerMissing(place(['on', event, 'branches', i]), said, callers[0]?.path));
        });
      }
    }
    return failures;
  });
}

/** Whether an event of a branch starts a caller; a pattern is read as the branch that is called so. */
export function hears({ document }: FoundCaller, event: string, branch: string): boolean {
  const only = textsOf(filterOf(document, event, 'branches'));
  const never = textsOf(filterOf(document, event, 'branches-ignore')) ?? [];
  if (only?.includes(branch) === true) return true;
  return (only === undefined || meetsFilters([branch], only)) && !meetsFilters([branch], never);
}

/** Comments for forks that wait for a workflow that the repository does not have. */
export function unheardComments(
  found: readonly FoundCaller[],
  all: readonly FoundCaller[],
): readonly Failure[] {
  const titles = all.filter(({ calls }) => calls === 'pull-request').map(({ title }) => title);
  return found.flatMap((caller) => {
    if (caller.calls !== 'pull-request-comment' || caller.job === undefined) return [];
    const heard = workflowsHeard(caller);
    if (titles.length === 0 || heard.some((name) => titles.includes(name))) return [];
    const node = filterOf(caller.document, 'workflow_run', 'workflows') as
      | { readonly range?: readonly number[] }
      | undefined;
    return [workflowUnheard(caller.placeAt(node?.range?.[0] ?? 0), heard, titles)];
  });
}

/** Of the times that a workflow names. */
export function cronsOf(text: string): readonly string[] {
  return [...text.matchAll(/cron:\s*(?:"([^"]*)"|'([^']*)'|([^#\n]*))/g)].map((match) =>
    (match[1] ?? match[2] ?? match[3] ?? '').trim(),
  );
}
