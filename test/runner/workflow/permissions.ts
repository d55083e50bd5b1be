import type { Level, Permissions } from '../forge.ts';

const scopes = [
  'actions',
  'artifact-metadata',
  'attestations',
  'checks',
  'contents',
  'deployments',
  'discussions',
  'id-token',
  'issues',
  'models',
  'packages',
  'pages',
  'pull-requests',
  'security-events',
  'statuses',
] as const;

const order: readonly Level[] = ['none', 'read', 'write'];

/** Of a repository whose setting is "read repository contents and packages permissions", as new ones are. */
const usual: Permissions = { ...all('none'), contents: 'read', packages: 'read' };

export function usualPermissions(setting: 'read' | 'write'): Permissions {
  return setting === 'read' ? usual : { ...all('write'), 'id-token': 'none', models: 'read' };
}

/** A `permissions:` of a file: what it does not name is `none`. */
export function declaredPermissions(declared: unknown): Permissions {
  if (declared === 'read-all') return { ...all('read'), 'id-token': 'none' };
  if (declared === 'write-all') return { ...all('write'), models: 'read' };
  const named = (declared ?? {}) as Record<string, Level>;
  return { ...all('none'), ...named };
}

/** The token of a fork's pull request reads what it was to write, and gets no identity. */
export function onlyReading(permissions: Permissions): Permissions {
  return Object.fromEntries(
    Object.entries(permissions).map(([scope, level]) => [
      scope,
      level === 'none' || scope === 'id-token' ? 'none' : 'read',
    ]),
  );
}

/** Scopes that a called workflow asks more of than its caller has. */
export function beyond(asked: Permissions, allowed: Permissions): string[] {
  return Object.entries(asked)
    .filter(([scope, level]) => order.indexOf(level) > order.indexOf(allowed[scope] ?? 'none'))
    .map(
      ([scope, level]) => `'${scope}: ${level}', but is only allowed '${scope}: ${allowed[scope] ?? 'none'}'`,
    );
}

function all(level: Level): Permissions {
  return Object.fromEntries(scopes.map((scope) => [scope, level]));
}
