import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { runDocker } from '../image/index.ts';
import { tarOf } from '../image/tar.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A container as Docker sees it now. */
export interface Container {
  readonly id: string;
  readonly name: string;
  readonly running: boolean;
  /** Of the program that ended. */
  readonly exitCode: number;
  /** How often Docker has started it again. */
  readonly restarts: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Of this machine, by port inside of the container: `127.0.0.1:49153`. */
  readonly addresses: Readonly<Record<string, string>>;
}

/** The Docker of this machine, as far as a deployment needs it. */
export interface Engine {
  /** Without output that matters; its failure says what Docker said. */
  run(args: readonly string[]): Promise<Result<string, Failure>>;
  /** Running or not, with all of the labels, sorted by name. */
  containers(filter: Readonly<Record<string, string>>): Promise<Result<readonly Container[], Failure>>;
  /** Writes one file into a container, which need not run. */
  put(container: string, folder: string, file: string, text: string): Promise<Result<void, Failure>>;
  /** How many processes run inside. */
  processes(container: string): Promise<number | undefined>;
  /** What it said last, in one line; for messages. */
  lastWords(container: string): Promise<string>;
}

interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly RestartCount: number;
  readonly State: { readonly Running: boolean; readonly ExitCode: number };
  readonly Config: { readonly Labels: Readonly<Record<string, string>> | null };
  readonly NetworkSettings: {
    readonly Ports: Readonly<
      Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>
    > | null;
  };
}

export function dockerEngine(environment: Environment): Engine {
  const run = (args: readonly string[]): Promise<Result<string, Failure>> => runDocker(args, environment);
  return {
    run,
    containers: async (filter) => {
      const filters = Object.entries(filter).flatMap(([name, value]) => [
        '--filter',
        `label=${name}=${value}`,
      ]);
      const listed = await run(['ps', '--all', '--quiet', '--no-trunc', ...filters]);
      if (!listed.ok) return listed;
      const ids = listed.value.split('\n').filter((id) => id !== '');
      const containers: Container[] = [];
      for (const id of ids) {
        const inspected = await run(['inspect', '--type', 'container', id]);
        // One that was removed in between is no mistake.
        if (inspected.ok) containers.push(...(JSON.parse(inspected.value) as Inspected[]).map(containerOf));
      }
      return success(containers.sort((a, b) => (a.name < b.name ? -1 : 1)));
    },
    put: async (container, folder, file, text) => {
      const archive = tarOf([{ path: file, bytes: Buffer.from(text) }], 0);
      const done = await runDocker(['cp', '-', `${container}:${folder}`], environment, once(archive));
      return done.ok ? success(undefined) : done;
    },
    processes: async (container) => {
      const top = await run(['top', container]);
      return top.ok ? top.value.split('\n').length - 1 : undefined;
    },
    lastWords: async (container) => {
      const options = { env: environment as NodeJS.ProcessEnv };
      const said = await promisify(execFile)('docker', ['logs', '--tail', '5', container], options).catch(
        () => ({ stdout: '', stderr: '' }),
      );
      return `${said.stdout} ${said.stderr}`.replaceAll(/\s+/g, ' ').trim().slice(-300);
    },
  };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

function containerOf({ Id, Name, RestartCount, State, Config, NetworkSettings }: Inspected): Container {
  const ports = Object.entries(NetworkSettings.Ports ?? {}).flatMap(([port, bound]) => {
    const first = bound?.find(({ HostIp }) => !HostIp.includes(':')) ?? bound?.[0];
    if (first === undefined) return [];
    const host = first.HostIp.includes(':') ? `[${first.HostIp}]` : first.HostIp;
    return [[port.replace('/tcp', ''), `${host}:${first.HostPort}`] as const];
  });
  return {
    id: Id,
    name: Name.replace(/^\//, ''),
    running: State.Running,
    exitCode: State.ExitCode,
    restarts: RestartCount,
    labels: Config.Labels ?? {},
    addresses: Object.fromEntries(ports),
  };
}

/** The first name by which this machine has an image; else it is pulled by the first name that a registry may know. */
export async function imageAtHand(
  engine: Engine,
  names: readonly string[],
): Promise<Result<string, Failure>> {
  let problem: Failure | undefined;
  for (const name of names) {
    const found = await engine.run(['image', 'inspect', '--format', '{{.Id}}', name]);
    if (found.ok) return found;
  }
  for (const name of names.filter((each) => each.includes('@'))) {
    const pulled = await engine.run(['pull', '--quiet', name]);
    if (!pulled.ok) {
      problem ??= pulled.failure;
      continue;
    }
    return await engine.run(['image', 'inspect', '--format', '{{.Id}}', name]);
  }
  return failed(problem!);
}
