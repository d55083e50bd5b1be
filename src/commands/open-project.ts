import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Repository } from '../git/index.ts';
import { openRepository } from '../git/index.ts';
import type { Pipeline, Project } from '../pipeline/index.ts';
import { findPipeline, loadPipeline, loadProject } from '../pipeline/index.ts';
import type { Effects } from './effects.ts';
import { findRoot } from './root.ts';

/** The project that a folder belongs to: its settings and, where there is one, its Git repository. */
export interface OpenedProject {
  readonly root: string;
  readonly project: Project;
  readonly repository: Repository | undefined;
}

export async function openProject(
  effects: Pick<Effects, 'cwd' | 'env'>,
): Promise<Result<OpenedProject, readonly Failure[]>> {
  const root = findRoot(effects.cwd);
  const project = await loadProject(root);
  if (!project.ok) return project;
  const repository = await openRepository(root);
  if (!repository.ok) return failed([repository.failure]);
  return success({ root, project: project.value, repository: repository.value });
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
