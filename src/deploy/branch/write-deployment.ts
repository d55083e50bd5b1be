import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { renderCompose } from '../compose/render.ts';
import type { Deployment, RenderedFile } from '../deployment.ts';
import { imageReference } from '../deployment.ts';
import { branchTaken, lockInvalid, overtaken } from '../failures.ts';
import { renderKserve } from '../kserve/render.ts';
import { renderKubernetes, renderWhole } from '../kubernetes/render.ts';
import type { DeploymentLock } from '../lock/lock.ts';
import { lockText, readLock } from '../lock/lock-text.ts';
import { lockFolder, lockPath, makeLock } from '../lock/make-lock.ts';
import { objectName } from '../object-name.ts';
import type { BranchChange, BranchNote, BranchView } from './deploy-branch.ts';

/** `deploy/production` */
export function branchOfStage(stage: string): string {
  return `deploy/${stage}`;
}

export interface DeploymentFiles {
  readonly lock: DeploymentLock;
  /** Of this model alone, without the lock. */
  readonly files: readonly RenderedFile[];
}

/** All that is written of a deployment: a function of it. */
export function renderDeployment(deployment: Deployment): DeploymentFiles {
  const files = [
    ...renderKubernetes(deployment),
    ...renderKserve(deployment),
    ...renderCompose(deployment),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { lock: makeLock(deployment, files), files };
}

/**
 * What a deployment changes on its branch as it is now: its own files, and the list of all models. What the model had
 * before and has no more goes; what other models have stays. An older assignment never takes the place of a newer one.
 */
export async function decideChange(
  { lock, files }: DeploymentFiles,
  view: BranchView,
): Promise<Result<BranchChange, Failure>> {
  const name = objectName(lock.model);
  const own = lockPath(name);
  const before = await lockAt(view, own);
  if (!before.ok) return before;
  if (before.value !== undefined) {
    const { assignment, model } = before.value;
    if (model !== lock.model) return failed(lockInvalid(own, `it is of ${model}`));
    if (assignment.counter > lock.assignment.counter) {
      return failed(overtaken(lock.assignment.tag, assignment.tag, 'is deployed already'));
    }
  } else {
    const foreign = view.tip === undefined ? undefined : view.paths.find((path) => !isOurs(path));
    if (foreign !== undefined) return failed(branchTaken(branchOfStage(lock.stage), foreign));
  }
  const locks = new Set([...view.paths.filter((path) => path.startsWith(`${lockFolder}/`)), own]);
  const models: string[] = [];
  for (const path of locks) {
    const read = path === own ? success(lock) : await lockAt(view, path);
    if (!read.ok) return read;
    if (read.value !== undefined) models.push(read.value.model);
  }
  const write = [...files, { path: own, text: lockText(lock) }, renderWhole(lock.stage, models)];
  const kept = new Set(write.map(({ path }) => path));
  const folders = ['kubernetes', 'kserve', 'compose'].map((kind) => `${kind}/${name}/`);
  const remove = view.paths.filter(
    (path) => !kept.has(path) && folders.some((folder) => path.startsWith(folder)),
  );
  return success({ write, remove });
}

/** What a deployment may have written: a branch with anything else is somebody else's. */
function isOurs(path: string): boolean {
  return /^(locks|kubernetes|kserve|compose)\//.test(path) || /^(README\.md|\.gitattributes)$/i.test(path);
}

async function lockAt(view: BranchView, path: string): Promise<Result<DeploymentLock | undefined, Failure>> {
  const text = await view.read(path);
  if (!text.ok || text.value === undefined) return text as Result<undefined, Failure>;
  return await readLock(path, text.value);
}

/** A subject for lists, then what a reader asks next; the same deployment says the same. */
export function noteOf(deployment: Deployment, time: Date): BranchNote {
  const { model, version, digest, settings, assignment, lineage, image, provenance } = deployment;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['Model', digest],
    ['Image', imageReference(image)],
    ['Assignment', assignment.tag],
    ['Decided-By', assignment.by],
    ['Run', lineage.run],
    ['Commit', lineage.commit],
    ['Provenance', `${provenance.verdict}: ${oneLine(provenance.because)}`],
  ];
  const trailers = lines.flatMap(([name, text]) => (text === undefined ? [] : [`${name}: ${text}`]));
  const why = assignment.why === undefined ? [] : [oneLine(assignment.why), ''];
  return {
    message: [`Deploy ${model} ${version} to ${settings.stage}`, '', ...why, ...trailers, ''].join('\n'),
    time,
  };
}

/** What people wrote cannot pass for a line of ours. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
