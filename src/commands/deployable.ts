import type { Digest, Failure, Result, Verdict } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Assignment, DeployedLineage } from '../deploy/index.ts';
import { notAssigned, provenanceRefused } from '../deploy/index.ts';
import type { StageFile } from '../pipeline/index.ts';
import type { ModelState, ModelVersion } from '../registry/index.ts';
import {
  noVersion,
  parseReference,
  referenceInvalid,
  resolveModel,
  stageTwice,
  unknownModel,
  versionForeign,
} from '../registry/index.ts';
import { openRuns } from '../runs/index.ts';
import { ownModel } from './model-project.ts';
import type { OpenedRegistry } from './open-registry.ts';
import { judgeProvenance } from './verify-model.ts';

/** The version that stands in a stage, with the event by which it came there. */
export interface StandingVersion {
  readonly model: string;
  readonly version: ModelVersion;
  readonly digest: Digest;
  readonly assignment: Assignment;
  readonly lineage: DeployedLineage;
}

/** What stands in the stage by the newest tags. Whoever names a version or a run has to name just that one. */
export async function standingVersion(
  { reference, to: stage }: { readonly reference: string; readonly to: string },
  opened: OpenedRegistry,
): Promise<Result<StandingVersion, Failure>> {
  const parsed = parseReference(reference);
  if (!parsed.ok) return parsed;
  const named = parsed.value;
  if (named.kind === 'file') return failed(referenceInvalid(reference, 'a file was never promoted'));
  if (named.kind === 'stage' && named.stage !== stage) return failed(stageTwice(reference));
  const { ledger } = opened;
  const news = await ledger.refresh(named.kind === 'run' ? undefined : named.model);
  if (!news.ok) return news;
  const wanted =
    named.kind === 'version' || named.kind === 'run' ? await wantedOf(reference, opened) : undefined;
  if (wanted?.ok === false) return wanted;
  const model = named.kind === 'run' ? wanted!.value.model : named.model;
  const own = ownModel(model, opened);
  if (!own.ok) return own;
  const state = await ledger.state(model);
  if (!state.ok) return state;
  if (state.value.versions.length === 0) {
    const models = await ledger.models();
    return failed(models.ok ? unknownModel(model, models.value) : models.failure);
  }
  const standing = await resolveModel(`${model}#${stage}`, { ...sourcesOf(opened) });
  if (!standing.ok) return standing;
  const version = standing.value.version!;
  if (wanted !== undefined && wanted.value.name !== version.name) {
    return failed(notAssigned(`${model}@${wanted.value.name}`, stage, version.name));
  }
  return factsOf(state.value, version, stage);
}

function sourcesOf({
  ledger,
  repository,
  project,
  root,
}: OpenedRegistry): Parameters<typeof resolveModel>[1] {
  return {
    ledger,
    runs: openRuns({ repository, branch: project.runs.branch, root }),
    digestOfFile: async () => undefined,
  };
}

async function wantedOf(
  reference: string,
  opened: OpenedRegistry,
): Promise<Result<{ readonly model: string; readonly name: string }, Failure>> {
  const resolved = await resolveModel(reference, sourcesOf(opened));
  if (!resolved.ok) return resolved;
  const { model, version } = resolved.value;
  if (model === undefined || version === undefined) return failed(noVersion(reference));
  return success({ model, name: version.name });
}

function factsOf(
  { model, stages }: ModelState,
  version: ModelVersion,
  stage: string,
): Result<StandingVersion, Failure> {
  const { registered, digest } = version;
  const { tag, id, event } = stages[stage]!;
  if (digest === undefined || !('event' in registered)) return failed(versionForeign(model, version.name));
  const { run, pipeline, commit, record } = registered.event;
  return success({
    model,
    version,
    digest,
    assignment: {
      tag,
      id,
      counter: event.counter,
      by: event.by.name,
      ...(event.why === undefined ? {} : { why: event.why }),
    },
    lineage: { run, pipeline, commit, record },
  });
}

/**
 * Whether the provenance of a version lets it be deployed. What is wrong never is; what nobody signed for is not where
 * the stage asks for signatures, or where the project says whose it trusts.
 */
export async function judgeDeployable(
  { model, version }: StandingVersion,
  stage: StageFile,
  opened: OpenedRegistry,
): Promise<Result<{ readonly verdict: Verdict; readonly because: string }, Failure>> {
  const judged = await judgeProvenance(version, opened);
  if (!judged.ok) return judged;
  const { verdict, because } = judged.value;
  const { keys = [], sigstore } = opened.project.provenance;
  const isDemanded = stage.provenance === true || keys.length > 0 || sigstore !== undefined;
  const isRefused = verdict === 'fail' || (verdict === 'inconclusive' && isDemanded);
  return isRefused ? failed(provenanceRefused(`${model}@${version.name}`, because)) : judged;
}
