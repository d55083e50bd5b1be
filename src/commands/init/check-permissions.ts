import { isMap, isScalar } from 'yaml';
import type { Failure, Place } from '../../base/index.ts';
import type { CallerName } from './callers.ts';
import { callers } from './callers.ts';
import { permissionsMissing, workflowPermissions } from './failures.ts';
import type { FoundCaller } from './find-callers.ts';

type Levels = Readonly<Record<string, string>>;

/** What the jobs ask for that a caller calls. */
function neededBy(calls: CallerName): Levels {
  return callers[calls]({
    source: { kind: 'own' },
    branch: '',
    directory: '.',
    schedules: [],
    dispatch: true,
    data: true,
  }).permissions;
}

/** Permissions above what the called workflow needs, each where it stands. Other jobs of the file are not ours to judge. */
export function tooBroad({ document, placeAt, calls, job }: FoundCaller): readonly Failure[] {
  const needed = neededBy(calls);
  const look = (node: unknown): readonly Failure[] => {
    if (isScalar(node) && typeof node.value === 'string') {
      const { value } = node;
      return [workflowPermissions(placeAt(node.range?.[0] ?? 0, value.length), value, needed)];
    }
    if (!isMap(node)) return [];
    return node.items.flatMap(({ key, value }) => {
      if (!isScalar(key) || !isScalar(value)) return [];
      const scope = String(key.value);
      const level = String(value.value);
      if (isEnough(needed[scope], level)) return [];
      return [workflowPermissions(placeAt(key.range?.[0] ?? 0, scope.length), `${scope}: ${level}`, needed)];
    });
  };
  return [...look(document.get('permissions', true)), ...look(job?.body.get('permissions', true))];
}

/**
 * Scopes that the called workflow needs and the job does not grant: GitHub does not begin such a workflow at all. What a
 * job says replaces what the workflow says, and scopes that are not named are none.
 */
export function tooNarrow({ document, placeAt, calls, job }: FoundCaller): readonly Failure[] {
  if (job === undefined) return [];
  const own = job.body.get('permissions', true);
  const given = own ?? document.get('permissions', true);
  const missing = Object.entries(neededBy(calls))
    .filter(([scope, level]) => !isEnough(levelIn(given, scope), level))
    .map(([scope, level]) => `${scope}: ${level}`);
  if (missing.length === 0) return [];
  const key = job.body.items.find((pair) => isScalar(pair.key) && pair.key.value === 'permissions')?.key;
  const place: Place =
    isScalar(key) && own !== undefined
      ? placeAt(key.range?.[0] ?? 0, 'permissions'.length)
      : placeAt(job.offset, job.id.length);
  return [permissionsMissing(place, job.id, missing)];
}

function levelIn(given: unknown, scope: string): string | undefined {
  if (isScalar(given)) {
    if (given.value === 'write-all') return 'write';
    // No repository gives identities by default, and none has to give anything else.
    return given.value === 'read-all' && scope !== 'id-token' ? 'read' : undefined;
  }
  return isMap(given) ? String(given.get(scope) ?? 'none') : undefined;
}

function isEnough(has: string | undefined, level: string): boolean {
  return level === 'none' || has === 'write' || has === level;
}
