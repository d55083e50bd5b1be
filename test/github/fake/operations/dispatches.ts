import { parse } from 'yaml';
import { happened } from '../events.ts';
import { nodeId, numberOf } from '../shapes/account.ts';
import type { Call, Handlers, World } from '../world.ts';
import { notFound, paged, problem } from '../world.ts';

/** Not in the description: sizes as the documentation tells them. */
const mostBytesOfPayload = 65_535;
const mostInputs = 25;

export const dispatchHandlers: Handlers = {
  'repos/create-dispatch-event': async ({ world, token, body }) => {
    const payload = (body['client_payload'] ?? {}) as object;
    if (Buffer.byteLength(JSON.stringify(payload)) > mostBytesOfPayload) {
      return problem(422, 'client_payload is too large.');
    }
    await happened(world, token, {
      name: 'repository_dispatch',
      action: String(body['event_type']),
      facts: { branch: world.defaultBranch, client_payload: payload },
    });
    return { status: 204 };
  },
  'actions/create-workflow-dispatch': async ({ world, token, path, body }) => {
    const workflow = (await workflows(world)).find((each) => isNamed(each, path['workflow_id']!));
    if (workflow === undefined) return notFound();
    const ref = await branchOrTag(world, String(body['ref']));
    if (ref === undefined) return problem(422, `No ref found for: ${body['ref']}`);
    const text = await world.git.run(['cat-file', 'blob', `${ref}:${workflow.path}`]).catch(() => undefined);
    const on = (parse(text ?? '') as { on?: unknown } | null)?.on;
    const trigger = triggerOf(on);
    if (trigger === undefined) return problem(422, "Workflow does not have 'workflow_dispatch' trigger");
    const inputs = (body['inputs'] ?? {}) as Readonly<Record<string, unknown>>;
    const refused = inputProblem(trigger.inputs ?? {}, inputs);
    if (refused !== undefined) return problem(422, refused);
    await happened(world, token, {
      name: 'workflow_dispatch',
      facts: { inputs, ref, workflow: workflow.path },
      ref,
      sha: (await world.git.find(`${ref}^{commit}`))!,
    });
    return { status: 204 };
  },
  'actions/list-repo-workflows': async (call) => {
    const all = await workflows(call.world);
    return paged(call, all, (page) => ({
      total_count: all.length,
      workflows: page.map((each) => shape(call, each)),
    }));
  },
  'actions/get-workflow': async (call) => {
    const all = await workflows(call.world);
    const found = all.find((each) => isNamed(each, call.path['workflow_id']!));
    return found === undefined ? notFound() : { status: 200, body: shape(call, found) };
  },
};

interface Workflow {
  readonly id: number;
  readonly path: string;
  readonly name: string;
}

interface Trigger {
  readonly inputs?: Readonly<Record<string, Input | null>>;
}

interface Input {
  readonly required?: boolean;
  readonly default?: unknown;
  readonly type?: string;
  readonly options?: readonly string[];
}

/** Those of the default branch, which is where GitHub looks for them. */
export async function workflows(world: World): Promise<readonly Workflow[]> {
  const folder = '.github/workflows';
  const list = await world.git
    .run(['ls-tree', '--name-only', `refs/heads/${world.defaultBranch}`, `${folder}/`])
    .catch(() => '');
  const paths = list.split('\n').filter((path) => /\.ya?ml$/.test(path));
  return await Promise.all(
    paths.map(async (path) => {
      const text = await world.git.run(['cat-file', 'blob', `refs/heads/${world.defaultBranch}:${path}`]);
      const name = (parse(text) as { name?: string } | null)?.name ?? path;
      return { id: workflowId(path), path, name };
    }),
  );
}

export function workflowId(path: string): number {
  return numberOf(path);
}

function isNamed({ id, path }: Workflow, name: string): boolean {
  return String(id) === name || path.split('/').at(-1) === name;
}

function triggerOf(on: unknown): Trigger | undefined {
  if (on === 'workflow_dispatch') return {};
  if (Array.isArray(on)) return on.includes('workflow_dispatch') ? {} : undefined;
  if (typeof on !== 'object' || on === null || !('workflow_dispatch' in on)) return undefined;
  return (on.workflow_dispatch as Trigger | null) ?? {};
}

function inputProblem(
  declared: Readonly<Record<string, Input | null>>,
  given: Readonly<Record<string, unknown>>,
): string | undefined {
  if (Object.keys(given).length > mostInputs) return `you may only define up to ${mostInputs} inputs`;
  if (Buffer.byteLength(JSON.stringify(given)) > mostBytesOfPayload) return 'inputs are too large.';
  const unexpected = Object.keys(given).filter((name) => !(name in declared));
  if (unexpected.length > 0) return `Unexpected inputs provided: ${JSON.stringify(unexpected)}`;
  for (const [name, input] of Object.entries(declared)) {
    const value = given[name];
    if (value === undefined) {
      if (input?.required === true && input.default === undefined) {
        return `Required input '${name}' not provided`;
      }
    } else if (input?.type === 'choice' && !(input.options ?? []).includes(String(value))) {
      return `Provided value '${String(value)}' for input '${name}' not in the list of allowed values`;
    }
  }
  return undefined;
}

async function branchOrTag({ git }: World, ref: string): Promise<string | undefined> {
  const names = /^refs\/(heads|tags)\//.test(ref) ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
  for (const name of names) if ((await git.find(name)) !== undefined) return name;
  return undefined;
}

function shape({ world }: Call, { id, path, name }: Workflow): object {
  const since = '2026-01-01T00:00:00Z';
  const file = path.split('/').at(-1);
  return {
    id,
    node_id: nodeId('Workflow', id),
    name,
    path,
    state: 'active',
    created_at: since,
    updated_at: since,
    url: `${world.origin()}/repos/${world.repository}/actions/workflows/${id}`,
    html_url: `${world.origin()}/${world.repository}/blob/${world.defaultBranch}/${path}`,
    badge_url: `${world.origin()}/${world.repository}/workflows/${file}/badge.svg`,
  };
}
