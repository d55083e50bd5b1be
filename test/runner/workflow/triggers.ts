import type { Json } from '../forge.ts';
import { at, textAt } from '../forge.ts';
import { matchesFilter } from '../patterns.ts';
import type { Occasion } from './occasion.ts';
import { shortRef } from './occasion.ts';
import type { WorkflowFile } from './read-workflow.ts';
import { textsAt } from './read-workflow.ts';

/** Where an event has types and the file names none. Events without an entry start for all of them. */
const usualTypes: Readonly<Record<string, readonly string[]>> = {
  pull_request: ['opened', 'synchronize', 'reopened'],
  pull_request_target: ['opened', 'synchronize', 'reopened'],
};

/** Empty when the event starts the workflow; else why it does not. `undefined` when it does not listen to it at all. */
export async function whyNot(workflow: WorkflowFile, occasion: Occasion): Promise<string | undefined> {
  const configuration = workflow.on[occasion.event];
  if (configuration === undefined) return undefined;
  switch (occasion.event) {
    case 'schedule': {
      const cron = textAt(occasion.payload, 'schedule');
      const crons = ((configuration['crons'] ?? []) as Json[]).map((entry) => String(entry['cron']));
      return crons.includes(cron) ? '' : `it has no schedule ${cron}`;
    }
    case 'workflow_dispatch': {
      const asked = textAt(occasion.payload, 'workflow');
      const isAsked = [workflow.path, workflow.path.split('/').at(-1)].includes(asked);
      return isAsked ? '' : `${asked} was asked for`;
    }
    case 'workflow_run':
      return whyNotAfter(configuration, occasion);
    default:
      return whyNotFor(configuration, occasion);
  }
}

function whyNotAfter(configuration: Json, { payload, action }: Occasion): string {
  const name = textAt(payload, 'workflow_run', 'name');
  const workflows = textsAt(configuration, 'workflows') ?? [];
  if (!matchesFilter(workflows, name)) return `it follows ${workflows.join(', ')}, not ${name}`;
  const types = textsAt(configuration, 'types');
  if (types !== undefined && !types.includes(action)) return `${action} is not one of its types`;
  return whyNotBranch(configuration, textAt(payload, 'workflow_run', 'head_branch'));
}

async function whyNotFor(configuration: Json, occasion: Occasion): Promise<string> {
  const types = textsAt(configuration, 'types') ?? usualTypes[occasion.event];
  if (types !== undefined && !types.includes(occasion.action)) {
    return `${occasion.action} is not one of its types`;
  }
  if (occasion.event === 'push') {
    const why = whyNotRef(configuration, occasion.ref);
    if (why !== '') return why;
  } else if (occasion.event.startsWith('pull_request')) {
    const why = whyNotBranch(configuration, occasion.baseRef);
    if (why !== '') return why;
  }
  return whyNotPaths(configuration, occasion);
}

/** Filters of branches alone keep tags away, and the other way round. */
function whyNotRef(configuration: Json, ref: string): string {
  const isTag = ref.startsWith('refs/tags/');
  const has = (kind: string): boolean => kind in configuration || `${kind}-ignore` in configuration;
  if (isTag && !has('tags') && has('branches')) return 'it listens to branches only';
  if (!isTag && !has('branches') && has('tags')) return 'it listens to tags only';
  return isTag
    ? whyNotNamed(configuration, 'tags', shortRef(ref))
    : whyNotBranch(configuration, shortRef(ref));
}

function whyNotBranch(configuration: Json, branch: string): string {
  return whyNotNamed(configuration, 'branches', branch);
}

function whyNotNamed(configuration: Json, kind: string, name: string): string {
  const only = textsAt(configuration, kind);
  if (only !== undefined && !matchesFilter(only, name)) return `${name} is not among its ${kind}`;
  const ignored = textsAt(configuration, `${kind}-ignore`);
  return ignored !== undefined && matchesFilter(ignored, name) ? `${name} is among its ignored ${kind}` : '';
}

/** Not asked for tags. With `paths-ignore` a workflow rests when every path is ignored. */
async function whyNotPaths(configuration: Json, occasion: Occasion): Promise<string> {
  const only = textsAt(configuration, 'paths');
  const ignored = textsAt(configuration, 'paths-ignore');
  if (occasion.changedPaths === undefined || (only === undefined && ignored === undefined)) return '';
  const paths = await occasion.changedPaths();
  if (only !== undefined && !paths.some((path) => matchesFilter(only, path))) {
    return `no changed path is among its paths`;
  }
  return ignored !== undefined && paths.every((path) => matchesFilter(ignored, path))
    ? 'every changed path is ignored'
    : '';
}

/** The inputs of a dispatch with their types, or what GitHub answers (422) instead of starting. */
export function dispatchInputs(workflow: WorkflowFile, payload: Json): Json | string {
  const declared = (at(workflow.on['workflow_dispatch'], 'inputs') ?? {}) as Record<string, Json | null>;
  const given = (payload['inputs'] ?? {}) as Json;
  const unknown = Object.keys(given).filter((name) => !(name in declared));
  if (unknown.length > 0) return `Unexpected inputs provided: ${JSON.stringify(unknown)}`;
  const inputs: Record<string, unknown> = {};
  for (const [name, declaration] of Object.entries(declared)) {
    const type = declaration?.['type'] ?? 'string';
    const value = given[name] ?? declaration?.['default'];
    if (value === undefined || value === '') {
      if (declaration?.['required'] === true) return `Required input '${name}' not provided`;
      inputs[name] = type === 'boolean' ? false : '';
      continue;
    }
    const options = declaration?.['options'];
    if (type === 'choice' && Array.isArray(options) && !options.map(String).includes(String(value))) {
      return `Provided value '${value}' for input '${name}' not in the list of allowed values`;
    }
    if (type === 'boolean') {
      if (!/^(true|false)$/.test(String(value)))
        return `Provided value '${value}' for input '${name}' is no boolean`;
      inputs[name] = String(value) === 'true';
    } else if (type === 'number') {
      if (!Number.isFinite(Number(value)))
        return `Provided value '${value}' for input '${name}' is no number`;
      inputs[name] = Number(value);
    } else inputs[name] = String(value);
  }
  return inputs;
}
