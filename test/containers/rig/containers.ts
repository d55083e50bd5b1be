import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What scripts/test-containers.sh started for the suites. */
export interface ContainerRig {
  /** Host and port of the registry, which speaks HTTP and asks nobody who they are. */
  readonly registry: string;
  /** An image with glibc, the libraries of C++, certificates, and this machine's Node. */
  readonly base: string;
  /** An image with HAProxy. */
  readonly balancer: string;
}

export function containerRig(): ContainerRig {
  const value = (name: string): string => {
    const found = process.env[name];
    if (found === undefined)
      throw new Error(`${name} is not set: these suites run by "npm run test:containers"`);
    return found;
  };
  return {
    registry: value('TRAINYARD_TEST_REGISTRY'),
    base: value('TRAINYARD_TEST_BASE'),
    balancer: value('TRAINYARD_TEST_BALANCER'),
  };
}

/** Standard output of a command of Docker. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await execute('docker', args, { maxBuffer: 64 * 2 ** 20 });
  return stdout.trim();
}

/** A container of its own, removed with its volumes at the end. */
export async function startContainer(
  args: readonly string[],
): Promise<AsyncDisposable & { readonly id: string }> {
  const id = await docker('run', '--detach', ...args);
  return {
    id,
    [Symbol.asyncDispose]: async () => {
      await docker('rm', '--force', '--volumes', id);
    },
  };
}

/** Where a port of a container is reached from here: `127.0.0.1:49153`. */
export async function addressOf(container: string, port: number): Promise<string> {
  const lines = await docker('port', container, `${port}/tcp`);
  return lines.split('\n')[0]!.trim();
}
