import type { Digest, Result } from '../base/index.ts';
import { digestOfBytes, success } from '../base/index.ts';
import type { ProvenanceFile } from '../pipeline/index.ts';
import type { RunHistory } from '../runs/index.ts';
import type { Store } from '../store/index.ts';
import type { Statement, StoredBundle } from './attestation.ts';
import type { AttestationPlace } from './attestation-files.ts';
import { readBundles } from './attestation-files.ts';
import { readBundle } from './bundle.ts';
import type { ProvenanceFailure } from './failures.ts';
import type { ModelAtHand, ModelQuestion, RegisteredVersion } from './question.ts';
import { recordAtHand } from './record-at-hand.ts';
import { loadTrust, trustedRoot } from './trust.ts';
import type { Verification } from './verification.ts';
import { verifyModel } from './verify-model.ts';

/** Where everything is that a verification holds together. */
export interface VerificationWorld extends AttestationPlace {
  /** Of the repository, where the files that `provenance` names are. */
  readonly root: string;
  /** `provenance:` of trainyard.yaml. */
  readonly provenance: ProvenanceFile;
  readonly history: RunHistory;
  readonly store: Store;
  /** Attestations that come from elsewhere, looked at beside those of the branch. */
  readonly bundles?: readonly StoredBundle[];
  /** Ask nobody: what only Sigstore can tell stays open. */
  readonly offline?: boolean;
}

type Bytes = Extract<ModelAtHand, { readonly bytes: unknown }>;

/** A version of the registry: its tag, the bytes in the store (or those given), its record and the attestations. */
export async function verifyVersion(
  version: RegisteredVersion,
  world: VerificationWorld,
  bytes?: Bytes,
): Promise<Result<Verification, ProvenanceFailure>> {
  const model = bytes ?? (await bytesInStore(world.store, version.digest));
  const run = { id: version.run, pipeline: version.pipeline };
  return await verifyOfRun(run, { model, version }, version.digest, world);
}

/** The model of a run, whether or not it is a version. */
export async function verifyRun(
  run: { readonly id: string; readonly pipeline: string; readonly digest: Digest },
  world: VerificationWorld,
  bytes?: Bytes,
): Promise<Result<Verification, ProvenanceFailure>> {
  const model = bytes ?? (await bytesInStore(world.store, run.digest));
  const expected = { digest: run.digest, of: `run ${run.id}` };
  return await verifyOfRun(run, { model, expected }, run.digest, world);
}

/** Bytes of which nothing is known: what was signed for them says which run they are of. */
export async function verifyBytes(
  bytes: Bytes,
  world: VerificationWorld,
): Promise<Result<Verification, ProvenanceFailure>> {
  const digest = digestOfBytes(bytes.bytes);
  const bundles = await readBundles(world, digest);
  if (!bundles.ok) return bundles;
  const claimed = new Map<string, { readonly id: string; readonly pipeline: string }>();
  for (const bundle of [...bundles.value, ...(world.bundles ?? [])]) {
    const read = await readBundle(bundle);
    const run = 'problem' in read ? undefined : runOf(read.statement);
    if (run !== undefined) claimed.set(run.id, run);
  }
  let best: Verification | undefined;
  for (const run of claimed.size === 0 ? [undefined] : claimed.values()) {
    const answer = await verifyOfRun(run, { model: bytes }, digest, world);
    if (!answer.ok) return answer;
    if (best === undefined || passes(answer.value) > passes(best)) best = answer.value;
  }
  return success(best!);
}

/** The run that a statement claims to be of; whether it is, is for the verification to say. */
function runOf({ predicate }: Statement): { readonly id: string; readonly pipeline: string } | undefined {
  const id = predicate.runDetails.metadata?.invocationId;
  const pipeline = predicate.buildDefinition.externalParameters['pipeline'];
  return typeof id === 'string' && typeof pipeline === 'string' ? { id, pipeline } : undefined;
}

function passes({ checks }: Verification): number {
  return checks.filter((check) => check.verdict === 'pass').length;
}

async function verifyOfRun(
  run: { readonly id: string; readonly pipeline: string } | undefined,
  question: Pick<ModelQuestion, 'model' | 'version' | 'expected'>,
  digest: Digest,
  world: VerificationWorld,
): Promise<Result<Verification, ProvenanceFailure>> {
  const trust = await loadTrust(world.root, world.provenance);
  if (!trust.ok) return trust;
  const bundles = await readBundles(world, digest);
  if (!bundles.ok) return bundles;
  const record = run === undefined ? success(undefined) : await recordAtHand(world, run);
  if (!record.ok) return record;
  const root = trustedRoot(world.root, world.provenance, world.offline);
  return success(
    await verifyModel({
      ...question,
      record: record.value,
      bundles: [...bundles.value, ...(world.bundles ?? [])],
      trust: trust.value,
      ...(root === undefined ? {} : { root }),
    }),
  );
}

async function bytesInStore(store: Store, digest: Digest): Promise<ModelAtHand> {
  const read = await store.read(digest);
  if (read.ok) return { bytes: read.value, file: 'the model in the store' };
  const isDamaged = read.failure.code === 'store-blob-corrupted';
  return { digest, state: isDamaged ? 'damaged' : 'missing', because: read.failure.message };
}
