import type { Json } from '../forge.ts';
import { at } from '../forge.ts';
import { shortRef } from '../workflow/occasion.ts';
import type { RunState, Yard } from './state.ts';

/** `github`, without what only a job has. https://docs.github.com/en/actions/reference/workflows-and-actions/contexts */
export function githubContext(yard: Yard, run: RunState): Json {
  const { occasion, workflow } = run;
  const { forge } = yard;
  const [owner] = occasion.repository.split('/') as [string];
  const file = `${occasion.repository}/${workflow.path}@${occasion.ref}`;
  return {
    event: occasion.payload,
    event_name: occasion.event,
    ref: occasion.ref,
    ref_name: shortRef(occasion.ref),
    ref_type: occasion.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: false,
    sha: occasion.sha,
    head_ref: occasion.headRef,
    base_ref: occasion.baseRef,
    repository: occasion.repository,
    repository_id: String(at(occasion.payload, 'repository', 'id') ?? 1),
    repository_owner: owner,
    repository_owner_id: String(at(occasion.payload, 'repository', 'owner', 'id') ?? 1),
    repositoryUrl: `${forge.serverUrl.replace(/^https?/, 'git')}/${occasion.repository}.git`,
    run_id: String(run.id),
    run_number: String(run.number),
    run_attempt: '1',
    retention_days: '90',
    actor: occasion.actor,
    actor_id: String(at(occasion.payload, 'sender', 'id') ?? 1),
    triggering_actor: occasion.actor,
    workflow: workflow.name,
    workflow_ref: file,
    workflow_sha: occasion.sha,
    server_url: forge.serverUrl,
    api_url: forge.apiUrl,
    graphql_url: forge.graphqlUrl,
    secret_source: occasion.fromFork ? 'None' : 'Actions',
  };
}

/** The same as the variables of every step. */
export function githubVariables(context: Json): Record<string, string> {
  const named = [
    'event_name',
    'ref',
    'ref_name',
    'ref_type',
    'ref_protected',
    'sha',
    'head_ref',
    'base_ref',
    'repository',
    'repository_id',
    'repository_owner',
    'repository_owner_id',
    'run_id',
    'run_number',
    'run_attempt',
    'retention_days',
    'actor',
    'actor_id',
    'triggering_actor',
    'workflow',
    'workflow_ref',
    'workflow_sha',
    'server_url',
    'api_url',
    'graphql_url',
    'event_path',
    'workspace',
    'job',
    'action',
  ];
  return Object.fromEntries(
    named.map((name) => [`GITHUB_${name.toUpperCase()}`, String(context[name] ?? '')]),
  );
}
