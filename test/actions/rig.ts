import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
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
  await mkdir(actions);
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    await copyFile(join(root, 'actions', name), join(actions, name));
  }
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
  let count = 0;
  return {
    run: async (action, { workspace, with: inputs = {}, env = {}, event = {} }) => {
      const files = join(folder, `step-${count++}`);
      await mkdir(files);
      for (const name of ['output', 'summary', 'path', 'env', 'state'])
        await writeFile(join(files, name), '');
      await writeFile(join(files, 'event.json'), JSON.stringify(event));
      const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
      const defaults = await defaultsOf(action);
      const said = await ended(join(actions, `dist/bin/action-${action}.js`), {
        PATH: process.env['PATH'] ?? '',
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
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** As the runner does for inputs that a step does not give. */
async function defaultsOf(action: string): Promise<Readonly<Record<string, string>>> {
  const { parse } = await import('yaml');
  const { inputs = {} } = parse(await readFile(join(root, `actions/${action}/action.yml`), 'utf8')) as {
    readonly inputs?: Readonly<Record<string, { readonly default?: string }>>;
  };
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [
      `INPUT_${name.toUpperCase()}`,
      input.default === '${{ github.token }}' ? 'token-of-the-job' : (input.default ?? ''),
    ]),
  );
}

function ended(
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly log: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [file], { env, maxBuffer: 2 ** 26 }, (error, out, err) => {
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
