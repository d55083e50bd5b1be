import { millicores } from '../pipeline/index.ts';
import type { Deployment } from './deployment.ts';

/** Folder of the access file inside of the container. */
export const accessFolder = '/etc/trainyard/access';
export const accessPath: string = `${accessFolder}/access.yaml`;

/**
 * What servers are told by their environment, wherever they run. Threads for requests of many rows are as many as the
 * limit has cores: Node counts those of the whole machine, and each thread has a model of its own in memory.
 */
export function serverEnvironment(
  { settings, log }: Pick<Deployment, 'settings' | 'log'>,
  access: string | undefined,
): Readonly<Record<string, string>> {
  const cores = Math.max(1, Math.ceil(millicores(settings.resources.limits.cpu) / 1000));
  return {
    TRAINYARD_THREADS: String(cores),
    ...(access === undefined ? {} : { TRAINYARD_ACCESS: accessPath }),
    ...log.environment,
  };
}
