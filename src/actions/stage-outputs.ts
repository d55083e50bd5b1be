import type { Effects } from '../commands/index.ts';
import { findRoot } from '../commands/index.ts';
import { loadProject } from '../pipeline/index.ts';

/** Where versions of a stage run, for the job that deploys them. */
export interface StagePlace {
  readonly stage: string;
  /** The Environment of the forge; of a stage that names none, its own name. */
  readonly environment: string;
  /** The stage says how its versions run. */
  readonly deploys: boolean;
}

/** By the `trainyard.yaml` that is checked out. */
export async function placesOfStages(
  stages: readonly string[],
  { cwd }: Pick<Effects, 'cwd'>,
): Promise<readonly StagePlace[]> {
  const project = await loadProject(findRoot(cwd));
  const declared = project.ok ? project.value.stages : [];
  return stages.map((stage) => {
    const file = declared.find(({ name }) => name === stage);
    return { stage, environment: file?.environment ?? stage, deploys: file?.deploy !== undefined };
  });
}
