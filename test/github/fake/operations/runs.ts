import { happened } from '../events.ts';
import { account, nodeId } from '../shapes/account.ts';
import { readCommit } from '../shapes/commit.ts';
import { repository } from '../shapes/repository.ts';
import type { Answer, Artifact, Call, Handlers, WorkflowRun, World } from '../world.ts';
import { notFound, paged, problem, timestamp } from '../world.ts';
import { workflowId } from './dispatches.ts';

export const runHandlers: Handlers = {
  'actions/list-workflow-runs-for-repo': async (call) => await listRuns(call, () => true),
  'actions/list-workflow-runs': async (call) => {
    const name = call.path['workflow_id']!;
    return await listRuns(
      call,
      ({ path }) => path.split('/').at(-1) === name || String(workflowId(path)) === name,
    );
  },
  'actions/get-workflow-run': async ({ world, path }) => {
    const found = world.runs.get(Number(path['run_id']));
    return found === undefined ? notFound() : { status: 200, body: await workflowRun(world, found) };
  },
  'actions/list-artifacts-for-repo': (call) => listArtifacts(call, () => true),
  'actions/list-workflow-run-artifacts': (call) => {
    const id = Number(call.path['run_id']);
    return call.world.runs.has(id) ? listArtifacts(call, ({ run }) => run === id) : notFound();
  },
  'actions/get-artifact': ({ world, path }) => {
    const found = world.artifacts.get(Number(path['artifact_id']));
    return found === undefined ? notFound() : { status: 200, body: artifact(world, found) };
  },
  'actions/download-artifact': ({ world, path }) => {
    const found = world.artifacts.get(Number(path['artifact_id']));
    if (found === undefined) return notFound();
    if (path['archive_format'] !== 'zip') return problem(415, 'Only zip is there');
    if (found.expired) return problem(410, 'Artifact has expired');
    // Another server, which takes the signature in the address and refuses a token.
    return { status: 302, headers: { location: `${world.blobOrigin()}/artifacts/${found.id}?sig=signed` } };
  },
};

async function listRuns(call: Call, isOf: (run: WorkflowRun) => boolean): Promise<Answer> {
  const { world, query } = call;
  const fields = { head_sha: 'headSha', branch: 'headBranch', event: 'event', actor: 'actor' } as const;
  const all = [...world.runs.values()]
    .filter(isOf)
    .filter((run) =>
      Object.entries(fields).every(([name, key]) => query[name] === undefined || query[name] === run[key]),
    )
    .filter(({ status, conclusion }) => {
      return query['status'] === undefined || [status, conclusion].includes(query['status'] as 'queued');
    })
    .reverse();
  const shapes = await Promise.all(all.map((run) => workflowRun(world, run)));
  return paged(call, shapes, (page) => ({ total_count: all.length, workflow_runs: page }));
}

function listArtifacts(call: Call, isOf: (artifact: Artifact) => boolean): Answer {
  const { world, query } = call;
  const all = [...world.artifacts.values()]
    .filter(isOf)
    .filter(({ name }) => query['name'] === undefined || query['name'] === name)
    .reverse();
  return paged(call, all, (page) => ({
    total_count: all.length,
    artifacts: page.map((each) => artifact(world, each)),
  }));
}

function artifact(world: World, of: Artifact): object {
  const url = `${world.origin()}/repos/${world.repository}/actions/artifacts/${of.id}`;
  const run = world.runs.get(of.run);
  return {
    id: of.id,
    node_id: nodeId('Artifact', of.id),
    name: of.name,
    size_in_bytes: of.zip.length,
    url,
    archive_download_url: `${url}/zip`,
    expired: of.expired,
    created_at: of.createdAt,
    updated_at: of.createdAt,
    expires_at: '2027-12-31T00:00:00Z',
    ...(run === undefined
      ? {}
      : { workflow_run: { id: run.id, head_branch: run.headBranch, head_sha: run.headSha } }),
  };
}

/** A run as answers and events hold it. */
export async function workflowRun(world: World, of: WorkflowRun): Promise<Record<string, unknown>> {
  const api = `${world.origin()}/repos/${world.repository}`;
  const url = `${api}/actions/runs/${of.id}`;
  const facts = await readCommit(world, of.headSha);
  // Those that are open and have this head now: GitHub does not tell which of them started the run. None for forks.
  const pulls = [...world.pulls.values()].filter(
    (each) =>
      each.headRepository === world.repository &&
      world.issues.get(each.number)?.state === 'open' &&
      (each.headSha === of.headSha || each.headRef === of.headBranch),
  );
  const minimal = (name: string): object => ({
    id: repository(world, name)['id'],
    url: repository(world, name)['url'],
    name: name.split('/')[1],
  });
  return {
    id: of.id,
    name: of.name,
    node_id: nodeId('WorkflowRun', of.id),
    head_branch: of.headBranch,
    head_sha: of.headSha,
    path: of.path,
    display_title: facts?.message.split('\n')[0] ?? of.name,
    run_number: of.number,
    run_attempt: 1,
    event: of.event,
    status: of.status,
    conclusion: of.conclusion,
    workflow_id: workflowId(of.path),
    check_suite_id: of.id + 1,
    check_suite_node_id: nodeId('CheckSuite', of.id),
    url,
    html_url: `${world.origin()}/${world.repository}/actions/runs/${of.id}`,
    pull_requests: pulls.map((each) => ({
      id: each.id,
      number: each.number,
      url: `${api}/pulls/${each.number}`,
      head: { ref: each.headRef, sha: each.headSha, repo: minimal(each.headRepository) },
      base: { ref: each.baseRef, sha: facts?.parents[0] ?? each.headSha, repo: minimal(world.repository) },
    })),
    created_at: of.createdAt,
    updated_at: of.createdAt,
    run_started_at: of.createdAt,
    actor: account(world, of.actor),
    triggering_actor: account(world, of.actor),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${api}/check-suites/${of.id + 1}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: null,
    workflow_url: `${api}/actions/workflows/${workflowId(of.path)}`,
    referenced_workflows: [],
    head_commit: {
      id: of.headSha,
      tree_id: facts?.tree ?? of.headSha,
      message: facts?.message ?? '',
      timestamp: facts?.committer.date ?? of.createdAt,
      author: { name: facts?.author.name ?? '', email: facts?.author.email ?? '' },
      committer: { name: facts?.committer.name ?? '', email: facts?.committer.email ?? '' },
    },
    repository: repository(world),
    head_repository: repository(world, of.headRepository),
  };
}

/** Tells `workflow_run`: what a run did may start others, whoever started it. */
export async function tellRun(world: World, run: WorkflowRun, action: string): Promise<void> {
  const since = timestamp(world);
  const workflow = {
    id: workflowId(run.path),
    name: run.name,
    path: run.path,
    state: 'active',
    created_at: since,
    updated_at: since,
  };
  await happened(world, run.actor, {
    name: 'workflow_run',
    action,
    facts: { workflow_run: await workflowRun(world, run), workflow },
  });
}
