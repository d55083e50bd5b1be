import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Identity, VersionName } from '../registry/index.ts';
import {
  identityUnproven,
  readApprovals,
  stageUndeclared,
  versionArchived,
  versionForeign,
  writeApproval,
} from '../registry/index.ts';
import type { Effects } from './effects.ts';
import { whoWrites } from './identity.ts';
import { openRegistry } from './open-registry.ts';
import { findVersion } from './promotion-world.ts';

export interface ApproveOptions {
  /** `heart-disease@v1.4.0` */
  readonly reference: string;
  readonly to: string;
  readonly why?: string;
  readonly key?: string;
  readonly dryRun?: boolean;
}

export interface ApproveReport {
  readonly kind: 'approved' | 'already' | 'would-approve';
  readonly model: string;
  readonly name: VersionName;
  readonly stage: string;
  readonly by: Identity;
  /** Who has approved it for this stage by now, and whose approval counts. */
  readonly approvals: readonly { readonly by: Identity; readonly problem?: string }[];
  /** So many people other than the promoter. */
  readonly needed: number;
}

/** Says that a version may come to a stage, under the name of the caller; once. */
export async function approve(
  options: ApproveOptions,
  effects: Effects,
): Promise<Result<ApproveReport, readonly Failure[]>> {
  const { reference, to: stage, why, key, dryRun = false } = options;
  const opened = await openRegistry(effects);
  if (!opened.ok) return opened;
  const { stages } = opened.value.project;
  const policy = stages.find((each) => each.name === stage);
  if (policy === undefined) {
    return failed([
      stageUndeclared(
        stage,
        stages.map((each) => each.name),
      ),
    ]);
  }
  const found = await findVersion(reference, opened.value, effects);
  if (!found.ok) return failed([found.failure]);
  const { model, name, state } = found.value;
  const { digest, commit, archived } = state.versions.find((version) => version.name === name)!;
  if (digest === undefined) return failed([versionForeign(model, name)]);
  if (archived) return failed([versionArchived(model, name)]);
  const writer = await whoWrites({ ...(key === undefined ? {} : { key }) }, opened.value, effects);
  if (!writer.ok) return failed([writer.failure]);
  const { by, signingKey } = writer.value;
  if (by.proof === 'nobody') return failed([identityUnproven(by.name)]);
  const subject = { model, name, stage };
  const written = dryRun
    ? undefined
    : await writeApproval(
        {
          ...subject,
          digest,
          commit,
          by,
          time: effects.now(),
          ...(why === undefined ? {} : { why }),
          ...(signingKey === undefined ? {} : { signingKey }),
        },
        opened.value,
      );
  if (written?.ok === false) return failed([written.failure]);
  const approvals = await readApprovals(subject, opened.value);
  if (!approvals.ok) return failed([approvals.failure]);
  return success({
    kind: written === undefined ? 'would-approve' : written.value.kind === 'written' ? 'approved' : 'already',
    ...subject,
    by,
    approvals: approvals.value.map(({ by: who, problem }) => ({
      by: who,
      ...(problem === undefined ? {} : { problem }),
    })),
    needed: policy.approvals ?? 0,
  });
}
