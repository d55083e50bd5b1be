import type { Failure, Result } from '../base/index.ts';
import { failed } from '../base/index.ts';
import type { ArchiveAnswer } from '../registry/index.ts';
import {
  archive as archiveVersion,
  judgePromoter,
  parseReference,
  referenceInvalid,
  stagePolicies,
} from '../registry/index.ts';
import { whoWrites } from './identity.ts';
import { openRegistry } from './open-registry.ts';
import type { PromotionEffects } from './promotion-evidence.ts';
import { forgeOf } from './promotion-evidence.ts';
import { findVersion, writerWorld } from './promotion-world.ts';

export interface ArchiveOptions {
  /** `heart-disease@v1.4.0`: what is archived is named. */
  readonly reference: string;
  readonly why: string;
  readonly withdraw?: boolean;
  readonly key?: string;
  readonly dryRun?: boolean;
}

/** Says of a version that it may not be promoted any more. */
export async function archive(
  options: ArchiveOptions,
  effects: PromotionEffects,
): Promise<Result<ArchiveAnswer, readonly Failure[]>> {
  const { reference, why, key, withdraw = false, dryRun = false } = options;
  const parsed = parseReference(reference);
  if (!parsed.ok) return failed([parsed.failure]);
  if (parsed.value.kind !== 'version') {
    return failed([referenceInvalid(reference, 'what is archived is named: <model>@<version>')]);
  }
  const opened = await openRegistry(effects);
  if (!opened.ok) return opened;
  const { project, ledger } = opened.value;
  const found = await findVersion(reference, opened.value, effects);
  if (!found.ok) return failed([found.failure]);
  const asking = { ...(key === undefined ? {} : { key }), onlyAsking: dryRun };
  const writer = await whoWrites(asking, opened.value, effects);
  if (!writer.ok) return failed([writer.failure]);
  const { by } = writer.value;
  const stages = stagePolicies(project.stages);
  return await archiveVersion(
    found.value.model,
    { name: found.value.name, by, withdraw },
    {
      ...writerWorld(ledger, effects, writer.value),
      why,
      dryRun,
      judgePromoter: async (stage) =>
        await judgePromoter({
          by,
          stage,
          // A stage that is no longer declared has nobody who guards it.
          promoters: stages.find(({ name }) => name === stage)?.promoters ?? [],
          mustSign: project.allowedSigners !== undefined,
          forge: forgeOf(effects),
        }),
    },
  );
}
