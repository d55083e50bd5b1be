import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { RollbackAnswer, VersionName } from '../registry/index.ts';
import {
  judgePromoter,
  parseReference,
  referenceInvalid,
  rollback as rollBack,
  stagePolicies,
  stageTwice,
  stageUndeclared,
  unknownModel,
  unknownVersion,
} from '../registry/index.ts';
import { whoWrites } from './identity.ts';
import { ownModel } from './model-project.ts';
import { openRegistry } from './open-registry.ts';
import type { PromotionEffects } from './promotion-evidence.ts';
import { forgeOf } from './promotion-evidence.ts';
import { writerWorld } from './promotion-world.ts';

export interface RollbackOptions {
  /** `heart-disease`, or with the stage: `heart-disease#production`. */
  readonly reference: string;
  readonly stage?: string;
  /** Default: the version that stood there before the present one. */
  readonly to?: VersionName;
  readonly why: string;
  readonly key?: string;
  readonly dryRun?: boolean;
}

/** Brings back what stood in a stage before, without gates: what is written says who did it and why. */
export async function rollback(
  options: RollbackOptions,
  effects: PromotionEffects,
): Promise<Result<RollbackAnswer, readonly Failure[]>> {
  const { why, key, dryRun = false } = options;
  const place = placeOf(options);
  if (!place.ok) return failed([place.failure]);
  const { model, stage } = place.value;
  const opened = await openRegistry(effects);
  if (!opened.ok) return opened;
  const own = ownModel(model, opened.value);
  if (!own.ok) return failed([own.failure]);
  const { project, ledger } = opened.value;
  const stages = stagePolicies(project.stages);
  const policy = stages.find(({ name }) => name === stage);
  if (policy === undefined) {
    return failed([
      stageUndeclared(
        stage,
        stages.map(({ name }) => name),
      ),
    ]);
  }
  const news = await ledger.refresh(model);
  if (!news.ok) return failed([news.failure]);
  const state = await ledger.state(model);
  if (!state.ok) return failed([state.failure]);
  const names = state.value.versions.map(({ name }) => name);
  if (names.length === 0) {
    const models = await ledger.models();
    return failed([models.ok ? unknownModel(model, models.value) : models.failure]);
  }
  const to = options.to?.replace(`${model}@`, '');
  if (to !== undefined && !names.includes(to)) return failed([unknownVersion(model, to, names)]);
  const asking = { ...(key === undefined ? {} : { key }), onlyAsking: dryRun };
  const writer = await whoWrites(asking, opened.value, effects);
  if (!writer.ok) return failed([writer.failure]);
  const { by } = writer.value;
  return await rollBack(
    model,
    { stage, by, ...(to === undefined ? {} : { to }) },
    {
      ...writerWorld(ledger, effects, writer.value),
      stages,
      judgePromoter: () =>
        judgePromoter({
          by,
          stage,
          promoters: policy.promoters,
          mustSign: project.allowedSigners !== undefined,
          forge: forgeOf(effects),
        }),
      why,
      dryRun,
    },
  );
}

function placeOf({
  reference,
  stage,
}: RollbackOptions): Result<{ readonly model: string; readonly stage: string }, Failure> {
  const parsed = parseReference(reference);
  if (!parsed.ok) return parsed;
  const named = parsed.value;
  if (named.kind === 'stage') {
    if (stage !== undefined && stage !== named.stage) return failed(stageTwice(reference));
    return success({ model: named.model, stage: named.stage });
  }
  if (named.kind !== 'latest' || stage === undefined) {
    const problem =
      named.kind === 'latest'
        ? 'name the stage with "--stage"'
        : 'a model and a stage go back; name the version with "--to"';
    return failed(referenceInvalid(reference, problem));
  }
  return success({ model: named.model, stage });
}
