import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { notDeployed } from '../failures.ts';
import { renderWhole } from '../kubernetes/render.ts';
import { readLock } from '../lock/lock-text.ts';
import { lockFolder, lockPath } from '../lock/make-lock.ts';
import { objectName } from '../object-name.ts';
import type { BranchChange, BranchNote, BranchView } from './deploy-branch.ts';
import { branchOfStage } from './write-deployment.ts';

export interface Removal {
  readonly model: string;
  readonly stage: string;
}

/** What goes from the branch with a model: all that is its own, and its line in the list of all models. */
export async function decideRemoval(
  { model, stage }: Removal,
  view: BranchView,
): Promise<Result<BranchChange, Failure>> {
  const own = lockPath(objectName(model));
  if (!view.paths.includes(own)) return failed(notDeployed(model, `the branch ${branchOfStage(stage)}`));
  const models: string[] = [];
  for (const path of view.paths) {
    if (path === own || !path.startsWith(`${lockFolder}/`)) continue;
    const text = await view.read(path);
    if (!text.ok) return text;
    const lock = await readLock(path, text.value ?? '');
    if (!lock.ok) return lock;
    models.push(lock.value.model);
  }
  const whole = renderWhole(stage, models);
  const folders = ['kubernetes', 'kserve', 'compose'].map((kind) => `${kind}/${objectName(model)}/`);
  const remove = view.paths.filter(
    (path) => path === own || folders.some((folder) => path.startsWith(folder)),
  );
  // A list of nothing is a mistake for kustomize.
  return success(
    models.length === 0 ? { write: [], remove: [...remove, whole.path] } : { write: [whole], remove },
  );
}

export function noteOfRemoval({ model, stage }: Removal, time: Date): BranchNote {
  return { message: `Remove ${model} from ${stage}\n`, time };
}
