import { isMap, isScalar } from 'yaml';
import type { Failure, Place } from '../../base/index.ts';
import { callerFolder } from './caller-files.ts';
import { readHeader } from './caller-sections.ts';
import { commonSource } from './caller-source.ts';
import { cronsOf, hears } from './check-triggers.ts';
import {
  branchUnheard,
  permissionsOpen,
  secretsInherited,
  sourceForeign,
  targetDangerous,
  workflowTwice,
} from './failures.ts';
import type { FoundCaller } from './find-callers.ts';
import { eventsOf, filterOf, textsOf } from './find-callers.ts';
import { suffixOf } from './project-name.ts';

/** What lets others in or hands over more than is meant, and callers that start twice or never. */
export function dangersIn(
  found: readonly FoundCaller[],
  defaultBranch: string | undefined,
): readonly Failure[] {
  const readable = found.filter(({ document }) => document.errors.length === 0);
  return [
    ...foreignSources(readable),
    ...readable.flatMap((caller) => [
      ...inheritedSecrets(caller),
      ...dangerousEvents(caller),
      ...openPermissions(caller),
    ]),
    ...(defaultBranch === undefined ? [] : unheardBranch(readable, defaultBranch)),
    ...copies(readable),
  ];
}

/** All callers of a project come from one repository: one of another owner runs code that nobody chose. */
function foreignSources(found: readonly FoundCaller[]): readonly Failure[] {
  const common = repositoryOf(commonSource(found));
  return found.flatMap(({ source, text, path, placeAt }) => {
    const repository = repositoryOf(source);
    if (repository === common) return [];
    const uses = text.indexOf(`${repository}/.github/workflows/`);
    const said = repository === '$' ? 'this repository' : repository!;
    return [sourceForeign(placeAt(Math.max(0, uses), repository!.length), { path, said, common: common! })];
  });
}

function repositoryOf(source: FoundCaller['source'] | undefined): string | undefined {
  return source?.kind === 'own' ? '$' : source?.repository;
}

function inheritedSecrets({ job, placeAt }: FoundCaller): readonly Failure[] {
  const pair = job?.body.items.find(({ key }) => isScalar(key) && key.value === 'secrets');
  if (pair === undefined || !isScalar(pair.value) || pair.value.value !== 'inherit') return [];
  const at = isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
  return [secretsInherited(placeAt(at, 'secrets'.length))];
}

function dangerousEvents(caller: FoundCaller): readonly Failure[] {
  const event = 'pull_request_target';
  return eventsOf(caller).includes(event) ? [targetDangerous(placeOfWord(caller, event))] : [];
}

/** Where `init` wrote that other jobs get nothing, and somebody took it away. */
function openPermissions(caller: FoundCaller): readonly Failure[] {
  const wasWritten = readHeader(caller.text)?.digests.has('permissions') === true;
  if (!wasWritten || caller.document.has('permissions')) return [];
  return [permissionsOpen(placeOfWord(caller, 'jobs'), caller.path)];
}

function unheardBranch(found: readonly FoundCaller[], branch: string): readonly Failure[] {
  const mains = found.filter(({ calls }) => calls === 'main');
  const [first] = mains;
  const pushed = mains.filter((caller) => eventsOf(caller).includes('push'));
  if (first === undefined || pushed.length === 0 || pushed.some((caller) => hears(caller, 'push', branch)))
    return [];
  const node = filterOf(pushed[0]!.document, 'push', 'branches') as { range?: readonly number[] } | undefined;
  const at = node?.range?.[0];
  const place = at === undefined ? placeOfWord(first, 'push') : pushed[0]!.placeAt(at);
  return [branchUnheard(place, branch)];
}

/** Callers of one workflow that the same event starts: everything would be done twice. */
function copies(found: readonly FoundCaller[]): readonly Failure[] {
  return found.flatMap((caller, i) => {
    const first = found
      .slice(0, i)
      .find((other) => other.calls === caller.calls && other.path !== caller.path && meet(other, caller));
    if (first === undefined || caller.job === undefined) return [];
    // The one that `init` would write is the one to keep.
    const usual = `${callerFolder}/trainyard-${caller.calls}${suffixOf(caller.directory)}.yml`;
    const [kept, extra] = caller.path === usual ? [caller, first] : [first, caller];
    const { job, placeAt } = extra;
    if (job === undefined) return [];
    return [workflowTwice(placeAt(job.offset, job.id.length), kept.path, extra.path)];
  });
}

function meet(a: FoundCaller, b: FoundCaller): boolean {
  // Conditions may tell them apart.
  if (a.job?.body.has('if') === true && b.job?.body.has('if') === true) return false;
  if (String(a.job?.body.getIn(['with', 'pipelines'])) !== String(b.job?.body.getIn(['with', 'pipelines'])))
    return false;
  const events = eventsOf(a).filter((event) => eventsOf(b).includes(event));
  return events.some((event) => {
    if (event === 'workflow_dispatch') return false;
    if (event === 'schedule') return cronsOf(a.text).some((cron) => cronsOf(b.text).includes(cron));
    const filters = ['branches', 'tags', 'types', 'workflows', 'paths'];
    return filters.every((filter) => {
      const [ours, theirs] = [a, b].map(({ document }) => textsOf(filterOf(document, event, filter)));
      return ours === undefined || theirs === undefined || ours.some((each) => theirs.includes(each));
    });
  });
}

/** Of a key of the workflow, at the top or below `on:`. */
function placeOfWord({ document, placeAt, text }: FoundCaller, word: string): Place {
  const maps = [document.contents, document.get('on', true)].filter((node) => isMap(node));
  for (const map of maps) {
    const key = map.items.find((pair) => isScalar(pair.key) && pair.key.value === word)?.key;
    if (isScalar(key) && key.range != null) return placeAt(key.range[0], word.length);
  }
  return placeAt(Math.max(0, text.indexOf(word)), word.length);
}
