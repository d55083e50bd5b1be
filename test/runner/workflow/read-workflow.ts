import { parse } from 'yaml';
import { workflowTooling } from '../../../scripts/workflow-tooling.mjs';
import type { Json } from '../forge.ts';

/** A workflow file that GitHub's own parser has accepted, as plain values; expressions are still text. */
export interface WorkflowFile {
  /** `.github/workflows/ci.yml` */
  readonly path: string;
  readonly name: string;
  /** Event -> its configuration. */
  readonly on: Readonly<Record<string, Json>>;
  readonly jobs: ReadonlyMap<string, JobFile>;
  /** `env`, `defaults`, `permissions`, `concurrency`, `run-name`. */
  readonly root: Json;
}

export interface JobFile {
  readonly id: string;
  readonly needs: readonly string[];
  /** Everything else, by its key. */
  readonly keys: Json;
  readonly steps: readonly Json[];
}

export interface BadWorkflow {
  readonly path: string;
  readonly problems: readonly string[];
}

/** Reads and checks; what is wrong is told with line and column. */
export async function readWorkflow(path: string, text: string): Promise<WorkflowFile | BadWorkflow> {
  const tooling = await workflowTooling();
  const featureFlags = new tooling.FeatureFlags({ all: true });
  const { context, value } = tooling.parseWorkflow(
    { name: path, content: text },
    new tooling.NoOperationTraceWriter(),
  );
  if (value !== undefined) {
    const { TryConversion: errorPolicy } = tooling.ErrorPolicy;
    await tooling.convertWorkflowTemplate(context, value, undefined, { errorPolicy, featureFlags });
  }
  const problems: string[] = context.errors.getErrors().map((error) => {
    const place = error.range === undefined ? '' : `:${error.range.start.line}:${error.range.start.column}`;
    return `${path}${place}: ${error.rawMessage}`;
  });
  if (problems.length > 0) return { path, problems };

  const root = parse(text, { merge: false }) as Json;
  const jobs = Object.entries(root['jobs'] as Record<string, Json>).map(([id, keys]): [string, JobFile] => {
    const needs = keys['needs'] === undefined ? [] : [keys['needs']].flat().map(String);
    return [id, { id, needs, keys, steps: (keys['steps'] ?? []) as Json[] }];
  });
  return { path, name: String(root['name'] ?? path), on: eventsOf(root['on']), jobs: new Map(jobs), root };
}

export function isBad(workflow: WorkflowFile | BadWorkflow): workflow is BadWorkflow {
  return 'problems' in workflow;
}

function eventsOf(on: unknown): Record<string, Json> {
  if (typeof on === 'string') return { [on]: {} };
  if (Array.isArray(on)) return Object.fromEntries(on.map((name) => [String(name), {}]));
  return Object.fromEntries(
    Object.entries(on as object).map(([name, configuration]) => [
      name,
      name === 'schedule' ? { crons: configuration as unknown } : ((configuration ?? {}) as Json),
    ]),
  );
}

/** A value that may stand alone or in a list, as a list of texts. */
export function textsAt(configuration: Json, key: string): string[] | undefined {
  const value = configuration[key];
  return value === undefined || value === null ? undefined : [value].flat().map(String);
}
