import type { Failure, Result, Verdict } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { ResolvedModel } from '../registry/index.ts';
import { versionRefused } from './failures.ts';
import type { OpenedRegistry } from './open-registry.ts';
import { judgeProvenance } from './verify-model.ts';

/**
 * Whether a version may be served by its provenance, with a sentence. One whose bytes, record or signature are wrong may
 * not; one that nobody signed for may not where a stage asks for provenance: the stage that was named, else any stage
 * that it stands in. What is no version of the registry (a run, a file) has nothing to be held against.
 */
export async function provenanceOf(
  { version, reference, model }: ResolvedModel,
  opened: OpenedRegistry,
): Promise<Result<{ readonly verdict: Verdict; readonly because: string } | undefined, Failure>> {
  if (version === undefined) return success(undefined);
  const judged = await judgeProvenance(version, opened);
  const judgement = judged.ok
    ? judged.value
    : { verdict: 'inconclusive' as const, because: judged.failure.message };
  const stages = reference.kind === 'stage' ? [reference.stage] : version.stages;
  const asking = opened.project.stages.find(
    ({ name, provenance }) => provenance === true && stages.includes(name),
  );
  const { verdict, because } = judgement;
  if (verdict === 'fail') return failed(versionRefused(`${model}@${version.name}`, because));
  if (verdict === 'inconclusive' && asking !== undefined)
    return failed(
      versionRefused(`${model}@${version.name}`, `${asking.name} asks for provenance, and ${because}`),
    );
  return success(judgement);
}
