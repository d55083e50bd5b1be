import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import {
  branchOfStage,
  decideRemoval,
  dockerEngine,
  noteOfRemoval,
  stageSettings,
  takeDown,
} from '../deploy/index.ts';
import { parseReference, referenceInvalid, stageTwice, stageUndeclared } from '../registry/index.ts';
import type { DeployEffects } from './deploy.ts';
import { holdPlace, openBranch } from './deploy-world.ts';
import { ownModel } from './model-project.ts';
import { openRegistry } from './open-registry.ts';

export interface UndeployOptions {
  /** `heart-disease` */
  readonly reference: string;
  readonly to: string;
  /** Default: the setting of the stage. */
  readonly target?: 'manifests' | 'docker';
  readonly dryRun?: boolean;
}

export interface UndeployReport {
  readonly model: string;
  readonly stage: string;
  readonly target: 'manifests' | 'docker';
  /** For `manifests`: the branch, and the paths that changed or would. */
  readonly branch?: { readonly name: string; readonly commit?: string; readonly changed: readonly string[] };
  /** For `docker`: names of the containers that were removed; absent for a dry run. */
  readonly removed?: readonly string[];
}

/** Takes a model down from where a stage runs. What stands in the stage stays there: another deployment brings it back. */
export async function undeploy(
  { reference, to: stage, target, dryRun = false }: UndeployOptions,
  effects: DeployEffects,
): Promise<Result<UndeployReport, readonly Failure[]>> {
  const opened = await openRegistry(effects);
  if (!opened.ok) return opened;
  const { stages } = opened.value.project;
  const declared = stages.find(({ name }) => name === stage);
  if (declared === undefined)
    return failed([
      stageUndeclared(
        stage,
        stages.map(({ name }) => name),
      ),
    ]);
  const parsed = parseReference(reference);
  if (!parsed.ok) return failed([parsed.failure]);
  const named = parsed.value;
  if (named.kind !== 'latest' && named.kind !== 'stage')
    return failed([referenceInvalid(reference, 'what is taken down is a model, whatever its version')]);
  if (named.kind === 'stage' && named.stage !== stage) return failed([stageTwice(reference)]);
  const { model } = named;
  const own = ownModel(model, opened.value);
  if (!own.ok) return failed([own.failure]);
  const settings = stageSettings(declared);
  const report = { model, stage, target: target ?? settings.target };
  if (report.target === 'docker') {
    if (dryRun) return success(report);
    await using held = await holdPlace({ model, stage }, opened.value);
    if (!held.ok) return failed([held.failure]);
    const removed = await takeDown({ model, stage }, dockerEngine(effects.env));
    return removed.ok ? success({ ...report, removed: removed.value }) : failed([removed.failure]);
  }
  const name = branchOfStage(stage);
  const branch = openBranch(name, opened.value, effects);
  if (dryRun) {
    const view = await branch.view();
    if (!view.ok) return failed([view.failure]);
    const change = await decideRemoval({ model, stage }, view.value);
    if (!change.ok) return failed([change.failure]);
    const changed = [...change.value.remove, ...change.value.write.map(({ path }) => path)].sort();
    return success({ ...report, branch: { name, changed } });
  }
  const note = noteOfRemoval({ model, stage }, effects.now());
  const written = await branch.update((view) => decideRemoval({ model, stage }, view), note);
  if (!written.ok) return failed([written.failure]);
  const { commit, changed } = written.value;
  return success({ ...report, branch: { name, ...(commit === undefined ? {} : { commit }), changed } });
}
