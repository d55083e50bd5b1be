import { isAbsolute } from 'node:path';
import type { Effects } from '../commands/index.ts';
import { findRoot } from '../commands/index.ts';
import { loadProject } from '../pipeline/index.ts';

/**
 * The store of a job whose project keeps its bytes in a folder of the clone, which is thrown away with the runner: a package
 * of the repository in GitHub's own registry, for which the token of the job is enough. `undefined` where the project
 * names a store that jobs reach, where there is no project, and on servers whose registry is not known.
 */
export async function jobStore(effects: Pick<Effects, 'cwd' | 'env'>): Promise<string | undefined> {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, TRAINYARD_STORE: chosen } = effects.env;
  if (chosen || server !== 'https://github.com' || !repository) return undefined;
  const project = await loadProject(findRoot(effects.cwd));
  if (!project.ok) return undefined;
  const folder = /^file:(?!\/\/)(.+)$/i.exec(project.value.store)?.[1];
  if (folder === undefined || isAbsolute(folder)) return undefined;
  return `oci://ghcr.io/${repository.toLowerCase()}/trainyard-store`;
}
