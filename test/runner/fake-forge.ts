import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { GithubFake } from '../github/fake/index.ts';
import { makeZip } from '../github/fake/index.ts';
import type { Forge, ForgeDeployment, ForgeRun, JobRequest, JobRights, Permissions } from './forge.ts';

export interface FakeForgeOptions {
  readonly fake: GithubFake;
  /** Bare repositories by `owner/name`: the fake's own, and those whose actions and workflows are used. */
  readonly gitFolders: Readonly<Record<string, string>>;
}

/** The strict fake of GitHub as the place that a runner works for: its events start runs, its API knows them. */
export function fakeForge({ fake, gitFolders }: FakeForgeOptions): Forge {
  const { world, origin } = fake;
  return {
    serverUrl: origin,
    apiUrl: origin,
    graphqlUrl: `${origin}/graphql`,
    gitFolder: (repository) => gitFolders[repository],
    defaultBranch: () => world.defaultBranch,
    nextId: () => world.nextId(),
    openJob: (request) => rightsOf(fake, request),
    closeJob: async (token) => {
      world.tokens.delete(token);
    },
    subscribe: (listener) =>
      world.events.subscribe(({ name, payload, actor, startsWorkflows, why }) => {
        // What the runner tells of its own runs comes from the runner.
        if (name === 'workflow_run') return;
        listener({ name, payload, actor, repository: world.repository, byJobToken: !startsWorkflows, why });
      }),
    runChanged: (run) => keepRun(fake, run),
    deploymentChanged: (deployment) => keepDeployment(fake, deployment),
  };
}

async function rightsOf(fake: GithubFake, request: JobRequest): Promise<JobRights> {
  const { event, ref, sha, workflowPath, actor, runId, calledWorkflow, environment } = request;
  const variables = await fake.job({
    ...{ event, ref, sha, workflowPath, actor, runId, permissions: named(request.permissions) },
    ...(calledWorkflow === undefined ? {} : { reusableWorkflow: calledWorkflow }),
    ...(environment === undefined ? {} : { environment }),
  });
  const identity = Object.entries(variables).filter(([name]) => name.startsWith('ACTIONS_ID_TOKEN_'));
  return { token: variables['GITHUB_TOKEN']!, variables: Object.fromEntries(identity) };
}

function named(permissions: Permissions): Parameters<GithubFake['job']>[0]['permissions'] {
  return Object.fromEntries(Object.entries(permissions).filter(([, level]) => level !== 'none'));
}

function keepRun({ world }: GithubFake, run: ForgeRun): void {
  const { id, name, path, event, actor, headSha, headRepository } = run;
  const conclusion = run.conclusion === 'startup_failure' ? 'failure' : run.conclusion;
  world.runs.set(id, {
    ...{ id, name, path, event, actor, headSha, headRepository },
    number: run.runNumber,
    headBranch: run.headBranch ?? '',
    createdAt: world.runs.get(id)?.createdAt ?? world.now().toISOString(),
    status: run.status,
    conclusion: conclusion as 'success' | null,
  });
  for (const artifact of run.artifacts) {
    world.artifacts.set(artifact.id, {
      id: artifact.id,
      run: id,
      name: artifact.name,
      zip: zipOf(artifact.folder),
      createdAt: world.now().toISOString(),
      expired: false,
    });
  }
}

function zipOf(folder: string): Uint8Array {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return makeZip(
    files.map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return { name: relative(folder, file), bytes: readFileSync(file) };
    }),
  );
}

/** A deployment a job, and a status for each change; a reader finds the job by the payload. */
function keepDeployment({ world, origin }: GithubFake, change: ForgeDeployment): void {
  const createdAt = world.now().toISOString();
  const task = `run ${change.runId} ${change.job}`;
  const known = [...world.deployments.values()].find((deployment) => deployment.task === task);
  const id = known?.id ?? world.nextId();
  const creator = 'github-actions[bot]';
  const { environment, sha, ref } = change;
  if (known === undefined) {
    world.environments.set(
      environment,
      world.environments.get(environment) ?? { id: world.nextId(), createdAt },
    );
    world.deployments.set(id, {
      ...{ id, sha, ref, task, environment, creator, createdAt },
      ...{ description: null, payload: {}, transient: false, production: environment === 'production' },
    });
  }
  const status = world.nextId();
  const logUrl = `${origin}/${change.repository}/actions/runs/${change.runId}`;
  world.deploymentStatuses.set(status, {
    ...{ id: status, deployment: id, state: change.state, creator, createdAt, logUrl },
    ...{ description: '', environmentUrl: change.url ?? '' },
  });
}
