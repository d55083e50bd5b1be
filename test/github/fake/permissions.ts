/** What `permissions:` of a job can name. */
export type Scope =
  | 'actions'
  | 'attestations'
  | 'checks'
  | 'contents'
  | 'deployments'
  | 'id-token'
  | 'issues'
  | 'packages'
  | 'pages'
  | 'pull-requests'
  | 'statuses'
  /** Only apps and personal tokens have these two. */
  | 'members'
  | 'profile';

export type Level = 'read' | 'write';
export type Permissions = Readonly<Partial<Record<Scope, Level>>>;

/** One of these is enough. https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps */
export type Needed = readonly (readonly [Scope, Level])[];

const discussing = (level: Level): Needed => [
  ['issues', level],
  ['pull-requests', level],
];
const only = (scope: Scope, level: Level): Needed => [[scope, level]];

const table: readonly (readonly [pattern: RegExp, needed: Needed])[] = [
  [/^(rate-limit\/get|repos\/get|users\/get-by-username|repos\/get-collaborator-permission-level)$/, []],
  [/^users\/get-authenticated$/, only('profile', 'read')],
  [/^teams\//, only('members', 'read')],
  [/^issues\/(list|get)/, discussing('read')],
  [/^issues\/create$/, only('issues', 'write')],
  [/^issues\//, discussing('write')],
  [/^(pulls\/(list|get)|repos\/list-pull-requests)/, only('pull-requests', 'read')],
  [/^pulls\//, only('pull-requests', 'write')],
  [/^actions\/(list|get|download)/, only('actions', 'read')],
  [/^actions\//, only('actions', 'write')],
  [/^repos\/(get-combined-status|list-commit-statuses)/, only('statuses', 'read')],
  [/^repos\/create-commit-status$/, only('statuses', 'write')],
  [/^repos\/(list|get)-deployment/, only('deployments', 'read')],
  [/^repos\/create-deployment/, only('deployments', 'write')],
  [/^repos\/get-(all-environments|environment)$/, only('actions', 'read')],
  // Settings of the repository: no `permissions:` gives that to a job.
  [/^repos\/create-or-update-environment$/, only('profile', 'write')],
  [/^(repos|git)\/(list|get|compare)/, only('contents', 'read')],
  [/^(repos|git)\//, only('contents', 'write')],
];

/** What a call asks of a token, and for reads of a public repository nothing. */
export function neededFor(operation: string, isPublic: boolean): Needed {
  const needed = table.find(([pattern]) => pattern.test(operation))?.[1];
  if (needed === undefined) throw new Error(`The table of permissions does not know ${operation}`);
  const isOpen = isPublic && needed.every(([scope, level]) => level === 'read' && !isOfAccount(scope));
  return isOpen ? [] : needed;
}

export function isAllowed(permissions: Permissions, needed: Needed): boolean {
  return needed.length === 0 || needed.some(([scope, level]) => has(permissions, scope, level));
}

export function has(permissions: Permissions, scope: Scope, level: Level): boolean {
  return permissions[scope] === 'write' || permissions[scope] === level;
}

/** The header `x-accepted-github-permissions`: alternatives by `;`, and `_` where a workflow writes `-`. */
export function acceptedHeader(needed: Needed): string {
  return needed.map(([scope, level]) => `${scope.replaceAll('-', '_')}=${level}`).join('; ');
}

/** The token of a fork's pull request: nothing to write, no identity. */
export function ofFork(permissions: Permissions): Permissions {
  const kept = Object.keys(permissions).filter((scope) => scope !== 'id-token');
  return Object.fromEntries(kept.map((scope) => [scope, 'read'])) as Permissions;
}

function isOfAccount(scope: Scope): boolean {
  return scope === 'members' || scope === 'profile';
}
