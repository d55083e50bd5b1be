import type { IdentityProvider, Job } from './identity.ts';
import { requestPath } from './identity.ts';
import { has, ofFork } from './permissions.ts';
import { actionsBot } from './shapes/account.ts';
import type { Token, World } from './world.ts';

/** Makes a token known. */
export function giveToken(
  world: World,
  name: string,
  token: Pick<Token, 'actor' | 'kind' | 'permissions'>,
): string {
  world.tokens.set(name, { ...token, remaining: world.rate.limit, created: [] });
  return name;
}

/** What GitHub puts into the environment of a job, secrets included. */
export function environmentOf(
  world: World,
  identities: IdentityProvider,
  job: Job,
): Readonly<Record<string, string>> {
  const permissions = job.ofFork === true ? ofFork(job.permissions) : job.permissions;
  const token = giveToken(world, `ghs_${world.nextId()}`, {
    actor: actionsBot,
    kind: 'actions',
    permissions,
  });
  const environment: Record<string, string> = {
    GITHUB_ACTIONS: 'true',
    GITHUB_TOKEN: token,
    GITHUB_API_URL: world.origin(),
    GITHUB_GRAPHQL_URL: `${world.origin()}/graphql`,
    GITHUB_SERVER_URL: world.origin(),
    GITHUB_REPOSITORY: world.repository,
    GITHUB_REPOSITORY_OWNER: world.repository.split('/')[0]!,
    GITHUB_EVENT_NAME: job.event,
    GITHUB_REF: job.ref,
    GITHUB_REF_NAME: job.ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    GITHUB_REF_TYPE: job.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    GITHUB_SHA: job.sha,
    GITHUB_ACTOR: job.actor,
    GITHUB_TRIGGERING_ACTOR: job.actor,
    GITHUB_RUN_ID: String(job.runId),
    GITHUB_RUN_NUMBER: '1',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_WORKFLOW_REF: `${world.repository}/${job.workflowPath}@${job.ref}`,
    GITHUB_WORKFLOW_SHA: job.sha,
  };
  if (has(permissions, 'id-token', 'write')) {
    const secret = `identity-${world.nextId()}`;
    identities.admit(secret, job);
    environment['ACTIONS_ID_TOKEN_REQUEST_URL'] = `${world.origin()}${requestPath}?api-version=2.0`;
    environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] = secret;
  }
  return environment;
}
