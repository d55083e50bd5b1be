import type { Result } from '../../base/index.ts';
import { failed } from '../../base/index.ts';
import type { VerificationWorld } from '../../provenance/index.ts';
import { verificationSentence, verifyVersion } from '../../provenance/index.ts';
import type { ModelVersion } from '../../registry/index.ts';
import type { Store, StoreFailure } from '../../store/index.ts';
import type { ProvenanceFacts } from '../format/index.ts';
import type { SiteSources } from '../sources.ts';
import { openText } from './open-names.ts';

/** Who made a version, as far as this clone can tell without asking anybody. */
export type JudgeProvenance = (version: ModelVersion) => Promise<ProvenanceFacts>;

export async function provenanceJudge(sources: SiteSources): Promise<JudgeProvenance> {
  const { root, project, repository, runs, openStore } = sources;
  if (repository === undefined) return async () => unknown('This is no Git repository.');
  const opened = await openStore();
  const store = opened.ok && opened.value.path !== undefined ? opened.value : elsewhere();
  const world: VerificationWorld = {
    root,
    provenance: project.provenance,
    repository,
    branch: project.runs.branch,
    history: runs,
    store,
    offline: true,
  };
  return async ({ name, registered }) => {
    if (!('event' in registered)) return unknown(`${name} was made by another tool, and names no digest.`);
    const { tag, event } = registered;
    const { model, digest, run, pipeline, record } = event;
    const verified = await verifyVersion({ tag, model, digest, run, pipeline, record }, world);
    if (!verified.ok) return unknown(verified.failure.message);
    const { verdict, checks, attestations } = verified.value;
    return {
      attestations: attestations.length,
      verdict,
      because: openText(verificationSentence(verified.value), model),
      checks: checks.map((check) => ({
        check: check.check,
        verdict: check.verdict,
        because: openText(check.because, model),
      })),
    };
  };
}

export function unknown(because: string): ProvenanceFacts {
  return { attestations: 0, verdict: 'inconclusive', because, checks: [] };
}

/** A store that others share is not asked: a site is made of what is here. */
function elsewhere(): Store {
  const read = async (): Promise<Result<Uint8Array, StoreFailure>> =>
    failed({
      code: 'store-blob-missing',
      kind: 'world',
      message: 'the store is on another machine, which the site did not ask',
      remedy: 'Nothing: the site says so.',
    });
  return { read } as unknown as Store;
}
