import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A runner that has the actions as a repository at a commit gives them: their package and their bundle, nothing else. */
export interface ActionRunner extends AsyncDisposable {
  /** Starts an action in a repository, as a step of a job does. */
  run(action: string, step: StepOfJob): Promise<StepResult>;
}

export interface StepOfJob {
  readonly workspace: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly event?: object;
}

export interface StepResult {
  readonly code: number;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Lines of the log that the runner takes as commands. */
  readonly commands: readonly string[];
}

export async function openActionRunner(): Promise<ActionRunner> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-runner-'));
  const actions = join(folder, 'actions');
  await cp(join(root, 'actions'), actions, {
    recursive: true,
    filter: (path) => !/actions\/(dist|node_modules)$/.test(path),
  });
  await promisify(execFile)(process.execPath, [
    join(root, 'scripts/bundle-actions.mjs'),
    '--out',
    join(actions, 'dist'),
  ]);
  const tools = join(folder, 'tools');
  // The packages of this clone stand for those that an installation would bring: no test asks the registry.
  const lock = await readFile(join(actions, 'package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex').slice(0, 16);
  const packages = join(tools, 'trainyard', `${digest}-${process.platform}-${process.arch}`);
  await mkdir(packages, { recursive: true });
  await symlink(join(root, 'node_modules'), join(packages, 'node_modules'));
  const machine = { actions, tools, folder, node: process.execPath, path: process.env['PATH'] ?? '' };
  return {
    run: actionsOn(machine),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What a runner is, to its actions. */
export interface Machine {
  /** Of a repository: `actions`. */
  readonly actions: string;
  /** RUNNER_TOOL_CACHE */
  readonly tools: string;
  /** For what each step leaves. */
  readonly folder: string;
  /** That starts the actions. */
  readonly node: string;
  readonly path: string;
  /** Of all steps, besides what GitHub says. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts actions as GitHub's runner does: the file that action.yml names, inputs and files in the environment. */
export function actionsOn({ actions, tools, folder, node, path, env: common }: Machine): ActionRunner['run'] {
  let count = 0;
  return async (action, { workspace, with: inputs = {}, env = {}, event = {} }) => {
    const files = join(folder, `step-${count++}`);
    await mkdir(files);
    for (const name of ['output', 'summary', 'path', 'env', 'state']) await writeFile(join(files, name), '');
    await writeFile(join(files, 'event.json'), JSON.stringify(event));
    const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
    const { main, defaults } = await readAction(join(actions, action));
    const said = await ended(node, main, {
      PATH: path,
      HOME: files,
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: workspace,
      GITHUB_OUTPUT: join(files, 'output'),
      GITHUB_STEP_SUMMARY: join(files, 'summary'),
      GITHUB_PATH: join(files, 'path'),
      GITHUB_ENV: join(files, 'env'),
      GITHUB_STATE: join(files, 'state'),
      GITHUB_EVENT_PATH: join(files, 'event.json'),
      RUNNER_TOOL_CACHE: tools,
      RUNNER_TEMP: files,
      ...common,
      ...defaults,
      ...Object.fromEntries(given),
      ...env,
    });
    return {
      ...said,
      outputs: outputsOf(await readFile(join(files, 'output'), 'utf8')),
      summary: await readFile(join(files, 'summary'), 'utf8'),
      commands: commandsOf(said.log),
    };
  };
}

/** The file to start, and as the runner does for inputs that a step does not give. */
async function readAction(
  folder: string,
): Promise<{ readonly main: string; readonly defaults: Readonly<Record<string, string>> }> {
  const { parse } = await import('yaml');
  const { inputs = {}, runs } = parse(await readFile(join(folder, 'action.yml'), 'utf8')) as {
    readonly inputs?: Readonly<Record<string, { readonly default?: string }>>;
    readonly runs: { readonly main: string };
  };
  const defaults = Object.entries(inputs).map(([name, input]) => [
    `INPUT_${name.toUpperCase()}`,
    input.default === '${{ github.token }}' ? 'token-of-the-job' : (input.default ?? ''),
  ]);
  return { main: join(folder, runs.main), defaults: Object.fromEntries(defaults) };
}

function ended(
  node: string,
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly log: string }> {
  return new Promise((resolve) => {
    execFile(node, [file], { env, maxBuffer: 2 ** 26 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), log: out + err });
    });
  });
}

function outputsOf(text: string): Readonly<Record<string, string>> {
  const outputs: Record<string, string> = {};
  for (const [, name, , value] of text.matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n\2\n/gm))
    outputs[name!] = value!;
  return outputs;
}

/** What stands between `::stop-commands::` and its end is text. */
function commandsOf(log: string): readonly string[] {
  const commands: string[] = [];
  let stopped: string | undefined;
  for (const line of log.split('\n').map((each) => each.trim())) {
    if (stopped !== undefined) {
      if (line === `::${stopped}::`) stopped = undefined;
      continue;
    }
    const stop = /^::stop-commands::(.+)$/.exec(line);
    if (stop !== null) stopped = stop[1];
    else if (/^::[\w-]+( |::)/.test(line) || line.includes('##[')) commands.push(line);
  }
  return commands;
}
