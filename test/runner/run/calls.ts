import type { Json, Permissions } from '../forge.ts';
import { git, shaOf } from '../git.ts';
import { parseUses } from '../workflow/actions.ts';
import { beyond, declaredPermissions } from '../workflow/permissions.ts';
import type { JobFile, WorkflowFile } from '../workflow/read-workflow.ts';
import { isBad, readWorkflow } from '../workflow/read-workflow.ts';
import type { Source, Yard } from './state.ts';

/** A reusable workflow, with the place where it was read. */
export interface Called {
  readonly file: WorkflowFile;
  readonly source: Source;
}

const deepest = 10;

/** The workflow that a job's `uses` names, or what is wrong with it. */
export async function calledBy(yard: Yard, source: Source, job: JobFile): Promise<Called | string> {
  const text = String(job.keys['uses']);
  const uses = parseUses(text);
  if (uses.kind === 'container') return `${text} is no workflow`;
  const repository = uses.kind === 'repository' ? uses.repository : source.repository;
  const path = uses.path.replace(/^\.\//, '');
  const folder = yard.settings.actionFolders[repository] ?? yard.forge.gitFolder(repository);
  if (folder === undefined) return `error parsing called workflow "${text}": workflow was not found.`;
  const revision = uses.kind === 'repository' ? uses.ref : source.sha;
  const mapped = repository in yard.settings.actionFolders;
  const sha = await shaOf(folder, mapped ? 'HEAD' : revision);
  if (sha === undefined)
    return `error parsing called workflow "${text}": reference to ${revision} was not found.`;
  const content = mapped
    ? await readMapped(folder, path)
    : await git(folder, 'show', `${sha}:${path}`).catch(() => undefined);
  if (content === undefined) return `error parsing called workflow "${text}": workflow was not found.`;
  const file = await readWorkflow(path, content);
  if (isBad(file)) return file.problems.join('\n');
  if (file.on['workflow_call'] === undefined) {
    return `error parsing called workflow "${text}": workflow is not reusable as it is missing a \`on.workflow_call\` trigger.`;
  }
  return { file, source: { repository, sha } };
}

async function readMapped(folder: string, path: string): Promise<string | undefined> {
  const { readFile } = await import('node:fs/promises');
  return readFile(`${folder}/${path}`, 'utf8').catch(() => undefined);
}

/** Everything about called workflows that GitHub checks before a run begins. */
export async function checkCalls(
  yard: Yard,
  caller: Called,
  allowed: Permissions,
  depth = 1,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const job of caller.file.jobs.values()) {
    const permissions = permissionsOf(caller.file, job, allowed);
    if (depth > 1) {
      const more = declaredIn(caller.file, job).flatMap((declared) => beyond(declared, allowed));
      for (const asked of more) {
        problems.push(`${caller.file.path}: the nested job '${job.id}' is requesting ${asked}`);
      }
    }
    if (job.keys['uses'] === undefined) continue;
    if (depth >= deepest) return [`workflows call each other more than ${deepest} levels deep`];
    const called = await calledBy(yard, caller.source, job);
    if (typeof called === 'string') problems.push(`${caller.file.path}: ${called}`);
    else {
      problems.push(...mismatches(caller.file, job, called.file));
      problems.push(...(await checkCalls(yard, called, permissions, depth + 1)));
    }
  }
  return problems;
}

function mismatches(caller: WorkflowFile, job: JobFile, called: WorkflowFile): string[] {
  const problems: string[] = [];
  const call = called.on['workflow_call'] as Record<string, Record<string, Json | null> | undefined>;
  for (const [kind, key] of [
    ['inputs', 'with'],
    ['secrets', 'secrets'],
  ] as const) {
    if (job.keys[key] === 'inherit') continue;
    const declared = call[kind] ?? {};
    const given = (job.keys[key] ?? {}) as Json;
    const one = kind.slice(0, -1);
    for (const name of Object.keys(given)) {
      if (!(name in declared)) {
        problems.push(`${caller.path}: Invalid ${one}, ${name} is not defined in the referenced workflow.`);
      }
    }
    for (const [name, declaration] of Object.entries(declared)) {
      if (declaration?.['required'] === true && !(name in given)) {
        problems.push(
          `${caller.path}: ${one[0]!.toUpperCase()}${one.slice(1)} ${name} is required, but not provided while calling.`,
        );
      }
    }
  }
  return problems;
}

function declaredIn(file: WorkflowFile, job: JobFile): Permissions[] {
  const declared = job.keys['permissions'] ?? file.root['permissions'];
  return declared === undefined ? [] : [declaredPermissions(declared)];
}

/** What a job's token may do, under what is allowed where its workflow names nothing. */
export function permissionsOf(file: WorkflowFile, job: JobFile, usual: Permissions): Permissions {
  return declaredIn(file, job)[0] ?? usual;
}

/** The inputs of a called workflow with the types and defaults that it declares. */
export function callInputs(called: WorkflowFile, given: Json): Json {
  const declared = (called.on['workflow_call']!['inputs'] ?? {}) as Record<string, Json | null>;
  return Object.fromEntries(
    Object.entries(declared).map(([name, declaration]) => {
      const value = given[name] ?? declaration?.['default'];
      const type = declaration?.['type'];
      if (type === 'boolean') return [name, value === true || value === 'true'];
      if (type === 'number') return [name, Number(value ?? 0)];
      return [name, value === undefined || value === null ? '' : String(value)];
    }),
  );
}
