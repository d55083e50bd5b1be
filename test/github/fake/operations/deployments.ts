import { happened } from '../events.ts';
import { account, nodeId } from '../shapes/account.ts';
import { readCommit } from '../shapes/commit.ts';
import type { CommitStatus, Deployment, DeploymentStatus, Handlers, World } from '../world.ts';
import { notFound, paged, problem, timestamp, unprocessable } from '../world.ts';

const mostOfDescription = 140;

export const deploymentHandlers: Handlers = {
  'repos/create-deployment': async ({ world, token, body }) => {
    const ref = String(body['ref']);
    const facts = await readCommit(world, ref);
    if (facts === undefined) return problem(422, `No ref found for: ${ref}`);
    const refused = requiredContexts(world, facts.sha, body['required_contexts']);
    if (refused !== undefined) return problem(409, refused);
    if (body['auto_merge'] !== false && (await isBehind(world, ref))) {
      return problem(
        409,
        `Conflict merging ${world.defaultBranch} into ${ref}: the fake merges nothing by itself`,
      );
    }
    const environment = String(body['environment'] ?? 'production');
    ensureEnvironment(world, environment);
    const made: Deployment = {
      id: world.nextId(),
      sha: facts.sha,
      ref,
      task: String(body['task'] ?? 'deploy'),
      environment,
      description: (body['description'] as string | null | undefined) ?? null,
      payload: body['payload'] ?? {},
      creator: token.actor,
      transient: body['transient_environment'] === true,
      production: (body['production_environment'] as boolean | undefined) ?? environment === 'production',
      createdAt: timestamp(world),
    };
    world.deployments.set(made.id, made);
    await happened(world, token, {
      name: 'deployment',
      action: 'created',
      facts: { deployment: deployment(world, made), workflow: null, workflow_run: null },
      ref: await fullRef(world, ref),
      sha: made.sha,
    });
    return { status: 201, body: deployment(world, made) };
  },
  'repos/get-deployment': ({ world, path }) => {
    const found = world.deployments.get(Number(path['deployment_id']));
    return found === undefined ? notFound() : { status: 200, body: deployment(world, found) };
  },
  'repos/list-deployments': (call) => {
    const { world, query } = call;
    const matches = (each: Deployment): boolean =>
      (['sha', 'ref', 'task', 'environment'] as const).every(
        (field) => query[field] === undefined || query[field] === 'none' || query[field] === each[field],
      );
    const all = [...world.deployments.values()].filter(matches).reverse();
    return paged(call, all, (page) => page.map((each) => deployment(world, each)));
  },
  'repos/create-deployment-status': async ({ world, token, path, body }) => {
    const of = world.deployments.get(Number(path['deployment_id']));
    if (of === undefined) return notFound();
    const description = String(body['description'] ?? '');
    if ([...description].length > mostOfDescription) {
      return unprocessable(`description is too long (maximum is ${mostOfDescription} characters)`);
    }
    const add = (to: Deployment, state: string, creator: string): DeploymentStatus => {
      const isThis = to.id === of.id;
      const made: DeploymentStatus = {
        id: world.nextId(),
        deployment: to.id,
        state,
        description: isThis ? description : '',
        environmentUrl: isThis ? String(body['environment_url'] ?? '') : '',
        logUrl: isThis ? String(body['log_url'] ?? body['target_url'] ?? '') : '',
        creator,
        createdAt: timestamp(world),
      };
      world.deploymentStatuses.set(made.id, made);
      return made;
    };
    const made = add(of, String(body['state']), token.actor);
    if (made.state === 'success' && body['auto_inactive'] !== false) {
      // "all prior non-transient, non-production environment deployments with the same environment name"
      for (const each of world.deployments.values()) {
        const isPrior = each.id < of.id && each.environment === of.environment;
        if (isPrior && !each.transient && !each.production && stateOf(world, each) === 'success') {
          add(each, 'inactive', token.actor);
        }
      }
    }
    await happened(world, token, {
      name: 'deployment_status',
      action: 'created',
      facts: { deployment: deployment(world, of), deployment_status: deploymentStatus(world, made) },
      ref: await fullRef(world, of.ref),
      sha: of.sha,
    });
    return { status: 201, body: deploymentStatus(world, made) };
  },
  'repos/list-deployment-statuses': (call) => {
    const { world, path } = call;
    const id = Number(path['deployment_id']);
    if (!world.deployments.has(id)) return notFound();
    const all = [...world.deploymentStatuses.values()].filter((each) => each.deployment === id).reverse();
    return paged(call, all, (page) => page.map((each) => deploymentStatus(world, each)));
  },
  'repos/get-all-environments': (call) => {
    const all = [...call.world.environments.keys()];
    return paged(call, all, (page) => ({
      total_count: all.length,
      environments: page.map((name) => environment(call.world, name)),
    }));
  },
  'repos/get-environment': ({ world, path }) => {
    const name = path['environment_name']!;
    return world.environments.has(name) ? { status: 200, body: environment(world, name) } : notFound();
  },
  'repos/create-or-update-environment': ({ world, path }) => {
    ensureEnvironment(world, path['environment_name']!);
    return { status: 200, body: environment(world, path['environment_name']!) };
  },
  'repos/create-commit-status': async ({ world, token, path, body }) => {
    const facts = await readCommit(world, path['sha']!);
    if (facts === undefined) return problem(422, `No commit found for SHA: ${path['sha']}`);
    const description = (body['description'] as string | null | undefined) ?? null;
    if ([...(description ?? '')].length > mostOfDescription) {
      return unprocessable(`description is too long (maximum is ${mostOfDescription} characters)`);
    }
    const made: CommitStatus = {
      id: world.nextId(),
      sha: facts.sha,
      state: String(body['state']),
      context: String(body['context'] ?? 'default'),
      description,
      targetUrl: (body['target_url'] as string | null | undefined) ?? null,
      creator: token.actor,
      createdAt: timestamp(world),
    };
    world.statuses.push(made);
    const { sha, state, context } = made;
    const facts2 = { id: made.id, sha, state, context, description, target_url: made.targetUrl };
    await happened(world, token, { name: 'status', facts: { ...facts2, name: world.repository } });
    return { status: 201, body: commitStatus(world, made) };
  },
  'repos/list-commit-statuses-for-ref': async (call) => {
    const sha = (await readCommit(call.world, call.path['ref']!))?.sha;
    if (sha === undefined) return notFound();
    const all = call.world.statuses.filter((each) => each.sha === sha).reverse();
    return paged(call, all, (page) => page.map((each) => commitStatus(call.world, each)));
  },
};

export function stateOf(world: World, of: Deployment): string | undefined {
  return [...world.deploymentStatuses.values()].filter((each) => each.deployment === of.id).at(-1)?.state;
}

export function deployment(world: World, of: Deployment): Record<string, unknown> {
  const url = `${world.origin()}/repos/${world.repository}/deployments/${of.id}`;
  return {
    url,
    id: of.id,
    node_id: nodeId('Deployment', of.id),
    sha: of.sha,
    ref: of.ref,
    task: of.task,
    payload: of.payload,
    original_environment: of.environment,
    environment: of.environment,
    description: of.description,
    creator: account(world, of.creator),
    created_at: of.createdAt,
    updated_at: of.createdAt,
    statuses_url: `${url}/statuses`,
    repository_url: `${world.origin()}/repos/${world.repository}`,
    transient_environment: of.transient,
    production_environment: of.production,
    performed_via_github_app: null,
  };
}

function deploymentStatus(world: World, of: DeploymentStatus): Record<string, unknown> {
  const api = `${world.origin()}/repos/${world.repository}`;
  return {
    url: `${api}/deployments/${of.deployment}/statuses/${of.id}`,
    id: of.id,
    node_id: nodeId('DeploymentStatus', of.id),
    state: of.state,
    creator: account(world, of.creator),
    description: of.description,
    environment: world.deployments.get(of.deployment)!.environment,
    target_url: of.logUrl,
    created_at: of.createdAt,
    updated_at: of.createdAt,
    deployment_url: `${api}/deployments/${of.deployment}`,
    repository_url: api,
    environment_url: of.environmentUrl,
    log_url: of.logUrl,
    performed_via_github_app: null,
  };
}

function environment(world: World, name: string): object {
  const { id, createdAt } = world.environments.get(name)!;
  return {
    id,
    node_id: nodeId('Environment', id),
    name,
    url: `${world.origin()}/repos/${world.repository}/environments/${encodeURIComponent(name)}`,
    html_url: `${world.origin()}/${world.repository}/deployments/activity_log?environments_filter=${encodeURIComponent(name)}`,
    created_at: createdAt,
    updated_at: createdAt,
    protection_rules: [],
    deployment_branch_policy: null,
  };
}

function commitStatus(world: World, of: CommitStatus): object {
  return {
    url: `${world.origin()}/repos/${world.repository}/statuses/${of.sha}`,
    avatar_url: `${world.origin()}/avatars/${encodeURIComponent(of.creator)}`,
    id: of.id,
    node_id: nodeId('StatusContext', of.id),
    state: of.state,
    description: of.description,
    target_url: of.targetUrl,
    context: of.context,
    created_at: of.createdAt,
    updated_at: of.createdAt,
    creator: account(world, of.creator),
  };
}

function ensureEnvironment(world: World, name: string): void {
  if (world.environments.has(name)) return;
  world.environments.set(name, { id: world.nextId(), createdAt: timestamp(world) });
}

/** Without the parameter all statuses of the commit have to be good, with it those it names. */
function requiredContexts(world: World, sha: string, asked: unknown): string | undefined {
  const latest = new Map(
    world.statuses.filter((each) => each.sha === sha).map((each) => [each.context, each.state]),
  );
  const contexts = (asked as readonly string[] | undefined) ?? [...latest.keys()];
  return contexts.every((context) => latest.get(context) === 'success')
    ? undefined
    : 'Conflict: Commit status checks failed.';
}

async function isBehind(world: World, ref: string): Promise<boolean> {
  const branch = `refs/heads/${ref}`;
  if (ref === world.defaultBranch || (await world.git.find(branch)) === undefined) return false;
  return (
    (await world.git.run(['rev-list', '--count', `${branch}..refs/heads/${world.defaultBranch}`])) !== '0'
  );
}

/** What GITHUB_REF is for a deployment: nothing when it is of a commit. */
async function fullRef(world: World, ref: string): Promise<string> {
  for (const each of [`refs/heads/${ref}`, `refs/tags/${ref}`]) {
    if ((await world.git.find(each)) !== undefined) return each;
  }
  return '';
}
