import type { Json } from '../../base/index.ts';
import { canonicalJson } from '../../base/index.ts';
import type { ContextFacts } from './built-image.ts';
import { oneLine } from './dockerfile.ts';

type LabelledFacts = Omit<ContextFacts, 'version'>;

/**
 * What an image says of itself: the names of the OCI image specification, and `trainyard.*` with the digests of
 * everything inside. An image of one model has the model's facts under names of their own, too. Each is one line: a
 * Dockerfile cannot say more.
 */
export function labelsOf(facts: LabelledFacts): Readonly<Record<string, string>> {
  const { models, base, parts } = facts;
  const [only] = models.length === 1 ? models : [];
  const commits = new Set(models.map(({ commit }) => commit));
  const [commit] = commits.size === 1 ? commits : [];
  const labels: Record<string, string | undefined> = {
    'org.opencontainers.image.title': models.map(({ model }) => model).join(', '),
    'org.opencontainers.image.description': `Predictions of ${models.map(nameOf).join(', ')} over HTTP`,
    'org.opencontainers.image.version': only?.modelVersion ?? facts.tag,
    'org.opencontainers.image.revision': commit,
    'org.opencontainers.image.created': facts.created,
    'org.opencontainers.image.base.name': base.name,
    'org.opencontainers.image.base.digest': base.digest,
    'trainyard.version': facts.trainyard,
    'trainyard.server.digest': parts.server,
    'trainyard.runtime.digest': parts.runtime,
    'trainyard.plan.digest': parts.plan,
    'trainyard.sbom.digest': parts.sbom,
    'trainyard.models': canonicalJson(models as unknown as Json),
    'trainyard.model': only?.model,
    'trainyard.model.version': only?.modelVersion,
    'trainyard.model.digest': only?.digest,
    'trainyard.model.run': only?.run,
    'trainyard.model.commit': only?.commit,
    'trainyard.model.contract.digest': only?.contract,
    'trainyard.servable.digest': only?.manifest,
    'trainyard.provenance': only?.provenance.verdict,
  };
  const entries = Object.entries(labels).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, oneLine(value)] as const],
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function nameOf({ model, modelVersion }: { readonly model: string; readonly modelVersion: string }): string {
  return `${model} ${modelVersion}`;
}
