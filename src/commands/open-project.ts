import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Repository } from '../git/index.ts';
import { openRepository } from '../git/index.ts';
import type { Pipeline, Project } from '../pipeline/index.ts';
import { findPipeline, loadPipeline, loadProject } from '../pipeline/index.ts';
import type { Store, StoreFailure } from '../store/index.ts';
import { openStore } from '../store/index.ts';
import type { Effects } from './effects.ts';
import { findRoot } from './root.ts';

/** The project that a folder belongs to: its settings and, where there is one, its Git repository. */
export interface OpenedProject {
  readonly root: string;
  readonly project: Project;
  readonly repository: Repository | undefined;
  readonly openStore: OpenStore;
}

/** Opens the store of the project: the same one each time. */
export type OpenStore = () => Promise<Result<Store, StoreFailure>>;

/** What a project needs of the outside world; a signal ends what is going on with a store that is elsewhere. */
export type ProjectEffects = Pick<Effects, 'cwd' | 'env'> & Partial<Pick<Effects, 'signal'>>;

export async function openProject(
  effects: ProjectEffects,
): Promise<Result<OpenedProject, readonly Failure[]>> {
  const root = findRoot(effects.cwd);
  const loaded = await loadProject(root);
  if (!loaded.ok) return loaded;
  const project = withStoreOf(effects.env, loaded.value);
  const repository = await openRepository(root);
  if (!repository.ok) return failed([repository.failure]);
  return success({
    root,
    project,
    repository: repository.value,
    openStore: storeOpener(root, project, effects),
  });
}

/** `TRAINYARD_STORE` names another store than the file: on machines that have no other way to share one. */
export function withStoreOf(env: ProjectEffects['env'], project: Project): Project {
  const store = env['TRAINYARD_STORE'];
  return store ? { ...project, store } : project;
}

export function storeOpener(
  root: string,
  { store }: Pick<Project, 'store'>,
  { env, signal }: ProjectEffects,
): OpenStore {
  let opened: ReturnType<OpenStore> | undefined;
  return () => {
    opened ??= openStore(store, { root, env, ...(signal === undefined ? {} : { signal }) });
    return opened;
  };
}

/** A pipeline by its name or path, without mistakes. */
export async function openPipeline(
  root: string,
  name: string,
): Promise<Result<Pipeline, readonly Failure[]>> {
  const file = findPipeline(root, name);
  if (!file.ok) return failed([file.failure]);
  return loadPipeline({ root, file: file.value });
}
