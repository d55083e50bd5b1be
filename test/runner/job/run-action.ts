import { existsSync } from 'node:fs';
import { join, normalize, relative, resolve } from 'node:path';
import type { Builtin, BuiltinCall } from '../builtins/builtin.ts';
import { builtinOf } from '../builtins/index.ts';
import { evaluateText } from '../expressions.ts';
import type { Json } from '../forge.ts';
import type { ActionFile } from '../workflow/actions.ts';
import { parseUses, readAction } from '../workflow/actions.ts';
import { fetchedAction } from './fetched-action.ts';
import type { JobState, OpenStep, RunningAction, StepLevel } from './job-state.ts';
import type { StepCall } from './run-steps.ts';
import { nameOf, runInnerSteps, runProgram } from './run-steps.ts';

interface Found {
  readonly action: ActionFile;
  readonly running: RunningAction;
  /** An action of the workspace: no `pre`. */
  readonly local: boolean;
  /** What `$/` means inside of it. */
  readonly source: StepLevel['source'];
}

/** The action that a step uses, or the runner's own in its place. */
async function find(state: JobState, level: StepLevel, text: string): Promise<Found | Builtin> {
  const uses = parseUses(text);
  if (uses.kind === 'container') throw new Error('this runner has no container actions');
  if (uses.kind === 'workspace') {
    const folder = resolve(state.workspace, uses.path);
    const action = readAction(folder);
    if (action === undefined) {
      throw new Error(
        `Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '${folder}'. Did you forget to run actions/checkout before running your local action?`,
      );
    }
    const { repository } = state.frame.run.occasion;
    return { action, running: { path: folder, repository, ref: '' }, local: true, source: level.source };
  }
  const asked =
    uses.kind === 'running'
      ? { repository: level.source.repository, path: uses.path, ref: level.source.sha }
      : uses;
  const builtin = uses.kind === 'repository' ? builtinOf(asked.repository, asked.path) : undefined;
  if (builtin !== undefined) return builtin;
  const { folder, sha } = await fetchedAction(state.yard, asked.repository, asked.ref);
  const action = readAction(join(folder, asked.path));
  if (action === undefined) {
    throw new Error(`Can't find 'action.yml', 'action.yaml' or 'Dockerfile' for action '${text}'.`);
  }
  return {
    action,
    running: { path: action.folder, repository: asked.repository, ref: asked.ref },
    local: false,
    source: { repository: asked.repository, sha },
  };
}

function isBuiltin(found: Found | Builtin): found is Builtin {
  return 'main' in found;
}

/** `pre` of the action of a step, when it has one and GitHub would run it. */
export async function prepareAction(
  state: JobState,
  level: StepLevel,
  step: Json,
): Promise<{ readonly condition: string; readonly perform: (open: OpenStep) => Promise<void> } | undefined> {
  const uses = String(step['uses']);
  if (uses.startsWith('./')) return undefined;
  const found = await find(state, level, uses);
  if (isBuiltin(found) || found.local || found.action.runs['pre'] === undefined) return undefined;
  const { action } = found;
  return {
    condition: String(action.runs['pre-if'] ?? 'always()'),
    perform: async (open) => {
      const id = '__pre';
      const call: StepCall = {
        state,
        level,
        step,
        id,
        environment: {},
        open,
        defaults: { workflow: {}, job: {} },
      };
      await runScriptOf(call, found, String(action.runs['pre']), inputsOf(call, action.inputs, {}), {});
    },
  };
}

export async function runAction(call: StepCall): Promise<void> {
  const { state, level, step, open } = call;
  const uses = String(step['uses']);
  const found = await find(state, level, uses);
  const given = withOf(call);
  open.log.say(`##[group]Run ${uses}`);
  for (const [name, value] of Object.entries(given)) open.log.say(`  ${name}: ${value}`);
  open.log.say('##[endgroup]');
  const declared = isBuiltin(found) ? found.inputs : found.action.inputs;
  const known = new Set(Object.keys(declared).map((name) => name.toLowerCase()));
  const unexpected = Object.keys(given).filter((name) => !known.has(name.toLowerCase()));
  if (unexpected.length > 0) {
    const names = (list: readonly string[]): string => list.map((name) => `'${name}'`).join(', ');
    open.log.warning(
      `Unexpected input(s) ${names(unexpected)}, valid inputs are [${names(Object.keys(declared))}]`,
    );
  }
  const inputs = inputsOf(call, declared, given);
  if (isBuiltin(found)) return runBuiltin(call, found, inputs);
  const { using } = found.action.runs;
  if (using === 'composite') return runComposite(call, found, inputs);
  if (typeof using !== 'string' || !(using in state.yard.settings.nodes)) {
    throw new Error(`this runner starts no action that uses ${String(using)}`);
  }
  const post = found.action.runs['post'];
  const saved = open.state;
  if (post !== undefined) {
    state.posts.push({
      name: nameOf(step, `Run ${uses}`),
      condition: String(found.action.runs['post-if'] ?? 'always()'),
      level,
      environment: call.environment,
      perform: (opening) => runScriptOf({ ...call, open: opening }, found, String(post), inputs, saved),
    });
  }
  await runScriptOf(call, found, String(found.action.runs['main']), inputs, {});
}

/** Starts one of an action's scripts, in the workspace, with its inputs as variables. */
async function runScriptOf(
  call: StepCall,
  found: Found,
  script: string,
  inputs: Readonly<Record<string, string>>,
  saved: Readonly<Record<string, string>>,
): Promise<void> {
  const { state, id, environment } = call;
  const file = normalize(join(found.action.folder, script));
  if (!existsSync(file)) throw new Error(`File not found: '${file}'`);
  const level = { ...call.level, action: found.running };
  const variables = state.variables(level, id, environment);
  delete variables['GITHUB_ACTION_PATH'];
  for (const [name, value] of Object.entries(inputs)) {
    variables[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] = value;
  }
  for (const [name, value] of Object.entries(saved)) variables[`STATE_${name}`] = value;
  const node = state.yard.settings.nodes[String(found.action.runs['using'])]!;
  await runProgram(call, { command: node, args: [file], folder: state.workspace, environment: variables });
}

async function runComposite(
  call: StepCall,
  found: Found,
  inputs: Readonly<Record<string, string>>,
): Promise<void> {
  const { state, environment, open, id } = call;
  const level: StepLevel = {
    inputs,
    steps: {},
    secrets: undefined,
    failed: false,
    environment: { ...call.level.environment, ...environment },
    action: found.running,
    source: found.source,
  };
  await runInnerSteps(call, level, (found.action.runs['steps'] ?? []) as Json[]);
  for (const [name, output] of Object.entries(found.action.outputs)) {
    open.outputs[name] = evaluateText(output['value'], state.scope(level, id, {}));
  }
  if (state.cancelled && open.signal.aborted) throw new Error('The operation was canceled.');
  if (level.failed) throw new Error('A step of the action failed.');
}

async function runBuiltin(
  call: StepCall,
  builtin: Builtin,
  inputs: Readonly<Record<string, string>>,
): Promise<void> {
  const { state, step } = call;
  const saved: Record<string, string> = {};
  const builtinCall = (open: OpenStep): BuiltinCall => ({
    state,
    open,
    saved,
    environment: call.environment,
    input: (name) => (inputs[name] ?? '').trim(),
    output: (name, value) => {
      open.outputs[name] = value;
    },
    inWorkspace: (path) => {
      const folder = resolve(state.workspace, path);
      if (relative(state.workspace, folder).startsWith('..')) {
        throw new Error(`Repository path '${folder}' is not under '${state.workspace}'`);
      }
      return folder;
    },
  });
  const { post } = builtin;
  if (post !== undefined) {
    state.posts.push({
      name: nameOf(step, `Run ${String(step['uses'])}`),
      condition: builtin.postIf ?? 'always()',
      level: call.level,
      environment: call.environment,
      perform: (open) => post(builtinCall(open)),
    });
  }
  await builtin.main(builtinCall(call.open));
}

function withOf({ state, level, step, id, environment }: StepCall): Record<string, string> {
  const scope = state.scope(level, id, environment);
  return Object.fromEntries(
    Object.entries((step['with'] ?? {}) as Json).map(([name, value]) => [name, evaluateText(value, scope)]),
  );
}

/** Names that differ in case alone are one input; a default may be an expression. */
function inputsOf(
  { state, level, id }: StepCall,
  declared: Readonly<Record<string, Json>>,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const scope = state.scope({ ...level, inputs: {} }, id, {});
  const inputs: Record<string, string> = {};
  for (const [name, declaration] of Object.entries(declared)) {
    const set = Object.entries(given).find(([key]) => key.toLowerCase() === name.toLowerCase());
    inputs[name] = set?.[1] ?? evaluateText(declaration['default'], scope);
  }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.keys(inputs).some((known) => known.toLowerCase() === name.toLowerCase()))
      inputs[name] = value;
  }
  return inputs;
}
