import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Permissions } from './permissions.ts';
import type { Answer, World } from './world.ts';
import { problem } from './world.ts';

/**
 * The identity of jobs, as GitHub's OpenID Connect provider gives it: `ACTIONS_ID_TOKEN_REQUEST_URL` for those that have
 * `id-token: write`, and the keys that verify its tokens.
 * https://docs.github.com/en/actions/reference/security/oidc
 */
export interface IdentityProvider {
  /** Lets whoever has this secret ask for tokens of a job. */
  admit(secret: string, job: Job): void;
  /** `undefined` for a path that is not the provider's. */
  answer(url: URL, authorization: string): Promise<Answer | undefined>;
}

/** One job of a workflow, as far as GitHub's services ask who it is. */
export interface Job {
  readonly permissions: Permissions;
  /** Its run is of a fork's pull request: nothing to write, no identity. */
  readonly ofFork?: boolean;
  readonly event: string;
  readonly ref: string;
  readonly sha: string;
  /** `.github/workflows/main.yml` */
  readonly workflowPath: string;
  /** `owner/name/.github/workflows/x.yml@ref` of a called workflow. */
  readonly reusableWorkflow?: string;
  readonly environment?: string;
  readonly actor: string;
  readonly runId: number;
}

export const requestPath = '/_apis/oidc/token';

const minutes = 5;

export async function identityProvider(world: World): Promise<IdentityProvider> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(publicKey)), kid: 'fake', use: 'sig', alg: 'RS256' };
  const jobs = new Map<string, Job>();
  return {
    admit: (secret, job) => {
      jobs.set(secret, job);
    },
    answer: async ({ pathname, searchParams }, authorization) => {
      const issuer = world.origin();
      if (pathname === '/.well-known/openid-configuration') {
        const jwksUri = `${issuer}/.well-known/jwks`;
        const algorithms = { id_token_signing_alg_values_supported: ['RS256'] };
        return { status: 200, body: { issuer, jwks_uri: jwksUri, ...algorithms } };
      }
      if (pathname === '/.well-known/jwks') return { status: 200, body: { keys: [key] } };
      if (pathname !== requestPath) return undefined;
      const job = jobs.get(/^bearer (\S+)$/i.exec(authorization)?.[1] ?? '');
      if (job === undefined) return problem(401, 'This secret is of no job that may ask for its identity');
      const now = Math.floor(world.now().getTime() / 1000);
      const owner = world.repository.split('/')[0]!;
      const jwt = new SignJWT(claimsOf(world, job))
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'fake' })
        .setIssuer(issuer)
        .setAudience(searchParams.get('audience') ?? `${world.origin()}/${owner}`)
        .setJti(String(world.nextId()))
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + minutes * 60);
      return { status: 200, body: { count: 1, value: await jwt.sign(privateKey) } };
    },
  };
}

function claimsOf(world: World, job: Job): Record<string, string> {
  const repository = world.repository;
  const workflow = `${repository}/${job.workflowPath}@${job.ref}`;
  const about =
    job.environment !== undefined
      ? `environment:${job.environment}`
      : job.event === 'pull_request'
        ? 'pull_request'
        : `ref:${job.ref}`;
  return {
    sub: `repo:${repository}:${about}`,
    repository,
    repository_owner: repository.split('/')[0]!,
    repository_visibility: world.visibility,
    ref: job.ref,
    ref_type: job.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    sha: job.sha,
    actor: job.actor,
    event_name: job.event,
    workflow: job.workflowPath,
    workflow_ref: workflow,
    workflow_sha: job.sha,
    job_workflow_ref: job.reusableWorkflow ?? workflow,
    job_workflow_sha: job.sha,
    run_id: String(job.runId),
    run_number: '1',
    run_attempt: '1',
    runner_environment: 'github-hosted',
    ...(job.environment === undefined ? {} : { environment: job.environment }),
  };
}
