import { relative } from 'node:path';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { pipelineNames } from '../pipeline/index.ts';
import type { CommandFailure } from './failures.ts';
import { modelElsewhere } from './failures.ts';
import { findCallers } from './init/find-callers.ts';
import { otherProjects } from './init/projects.ts';
import type { OpenedRegistry } from './open-registry.ts';

/**
 * What happens to a model is decided by the stages, promoters and settings of the project that has its pipeline. Another
 * project of the repository, which may have stages of the same names and other people, has no say.
 */
export function ownModel(
  model: string,
  { root, repository }: Pick<OpenedRegistry, 'root' | 'repository'>,
): Result<void, CommandFailure> {
  const { workTree } = repository;
  if (workTree === undefined || pipelineNames(root).includes(model)) return success(undefined);
  const directory = relative(workTree, root).replaceAll('\\', '/') || '.';
  const owner = otherProjects(workTree, directory, findCallers(workTree)).find(({ pipelines }) =>
    pipelines.includes(model),
  );
  return owner === undefined ? success(undefined) : failed(modelElsewhere(model, owner.directory));
}
