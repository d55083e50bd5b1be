import type { ForgeEvent, ForgeRun } from '../forge.ts';
import { at } from '../forge.ts';
import type { RunState, Yard } from './state.ts';

const actions = { queued: 'requested', in_progress: 'in_progress', completed: 'completed' } as const;

/** What workflows that follow a run get to know. Of a fork's pull request `pull_requests` is empty, as on GitHub. */
export function workflowRunEvent(
  { forge }: Yard,
  run: RunState,
): { readonly event: ForgeEvent; readonly forgeRun: ForgeRun } {
  const { occasion, workflow, id } = run;
  const { repository } = occasion;
  const html = `${forge.serverUrl}/${repository}/actions/runs/${id}`;
  const api = `${forge.apiUrl}/repos/${repository}/actions/runs/${id}`;
  const owner = { login: repository.split('/')[0] };
  const pull = at(occasion.payload, 'pull_request');
  const pulls =
    pull === undefined || occasion.fromFork
      ? []
      : [{ number: at(pull, 'number'), id: at(pull, 'id'), head: at(pull, 'head'), base: at(pull, 'base') }];
  const workflowRun = {
    id,
    name: workflow.name,
    path: workflow.path,
    display_title: run.title,
    event: occasion.event,
    status: run.status,
    conclusion: run.conclusion ?? null,
    run_number: run.number,
    run_attempt: 1,
    head_branch: occasion.headBranch,
    head_sha: occasion.headSha,
    head_commit: { id: occasion.headSha },
    head_repository: {
      full_name: occasion.headRepository,
      fork: occasion.headRepository.toLowerCase() !== repository.toLowerCase(),
      owner: { login: occasion.headRepository.split('/')[0] },
    },
    repository: { full_name: repository, owner },
    pull_requests: pulls,
    actor: { login: occasion.actor },
    triggering_actor: { login: occasion.actor },
    url: api,
    html_url: html,
    artifacts_url: `${api}/artifacts`,
  };
  const payload = {
    action: actions[run.status],
    workflow_run: workflowRun,
    workflow: { name: workflow.name, path: workflow.path },
    repository: at(occasion.payload, 'repository') ?? { full_name: repository, owner },
    sender: { login: occasion.actor },
  };
  return {
    event: { name: 'workflow_run', repository, actor: occasion.actor, byJobToken: false, payload },
    forgeRun: {
      id,
      repository,
      name: workflow.name,
      path: workflow.path,
      event: occasion.event,
      actor: occasion.actor,
      headBranch: occasion.headBranch,
      headSha: occasion.headSha,
      headRepository: occasion.headRepository,
      runNumber: run.number,
      status: run.status,
      conclusion: run.conclusion ?? null,
      artifacts: [...run.artifacts],
    },
  };
}
