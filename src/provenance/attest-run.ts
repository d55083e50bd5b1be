import { createPublicKey } from 'node:crypto';
import type { Digest, Result } from '../base/index.ts';
import { digestOfBytes, failed, success } from '../base/index.ts';
import type { ProvenanceFile } from '../pipeline/index.ts';
import type { RunRecord } from '../runs/index.ts';
import type { Statement, StoredBundle } from './attestation.ts';
import type { AttestationPlace, WrittenBundle } from './attestation-files.ts';
import { readBundles, writeBundle } from './attestation-files.ts';
import { builderOf } from './builder.ts';
import { readBundle } from './bundle.ts';
import { firstDifference } from './compare.ts';
import type { ProvenanceFailure } from './failures.ts';
import { noModel } from './failures.ts';
import { keyIdOf } from './keys.ts';
import { signedRecord } from './links/record.ts';
import { signStatement } from './sign-statement.ts';
import type { Signing, SigningQuestion } from './signing.ts';
import { hasIdentityToken, hasKey, signingOf } from './signing.ts';
import { hexOf, makeStatement, recordDigest } from './statement.ts';
import { verifySignature } from './verify-signature.ts';

export interface AttestOptions {
  readonly record: RunRecord;
  /** What the model is called: by default as its pipeline. */
  readonly model?: string;
  readonly env: SigningQuestion['env'];
}

/** The statement that would be signed of a run. */
export function statementOfRun({ record, model, env }: AttestOptions): Result<Statement, ProvenanceFailure> {
  const digest = record.model?.digest;
  if (digest === undefined) return failed(noModel(record.id));
  return success(
    makeStatement({
      record,
      model: { name: model ?? record.pipeline, digest },
      builder: builderOf(env, record),
    }),
  );
}

export interface Attested extends WrittenBundle {
  readonly model: string;
  readonly modelDigest: Digest;
  readonly run: string;
  readonly signedWith: SignedWith;
  readonly statement: Statement;
}

export type SignedWith =
  | { readonly kind: 'key'; readonly keyId: Digest }
  | { readonly kind: 'sigstore'; readonly fulcio: string };

export function signedWith(signing: Signing): SignedWith {
  return signing.kind === 'key'
    ? { kind: 'key', keyId: keyIdOf(signing.key) }
    : { kind: 'sigstore', fulcio: signing.services.fulcio };
}

/** Signs what the record says of the run's model, and adds it to the runs branch. */
export async function attestRun(
  options: AttestOptions & { readonly signing: Signing; readonly time: Date },
  place: AttestationPlace,
): Promise<Result<Attested, ProvenanceFailure>> {
  const statement = statementOfRun(options);
  if (!statement.ok) return statement;
  const model = { name: statement.value.subject[0]!.name, digest: options.record.model!.digest };
  const attested = {
    model: model.name,
    modelDigest: model.digest,
    run: options.record.id,
    signedWith: signedWith(options.signing),
    statement: statement.value,
  };
  const bundles = await readBundles(place, model.digest);
  if (!bundles.ok) return bundles;
  const before = await sameBefore(statement.value, options.signing, bundles.value);
  if (before !== undefined) {
    return success({ ...attested, path: before.path, digest: digestOfBytes(before.bytes) });
  }
  const bytes = await signStatement(statement.value, options.signing);
  if (!bytes.ok) return bytes;
  const written = await writeBundle(place, model, { bytes: bytes.value, time: options.time });
  return written.ok ? success({ ...attested, ...written.value }) : written;
}

/** The same statement, signed by the same key already: signatures of one kind differ each time that they are made. */
async function sameBefore(
  statement: Statement,
  signing: Signing,
  bundles: readonly StoredBundle[],
): Promise<StoredBundle | undefined> {
  if (signing.kind !== 'key') return undefined;
  const publicHalf = createPublicKey(signing.key);
  const pem = publicHalf.export({ type: 'spki', format: 'pem' }).toString();
  const trust = { keys: [{ file: '', id: keyIdOf(publicHalf), pem }] };
  for (const bundle of bundles) {
    const read = await readBundle(bundle);
    if ('problem' in read || firstDifference(statement, read.statement) !== undefined) continue;
    if ((await verifySignature(read.bundle, trust, undefined)).verdict === 'pass') return bundle;
  }
  return undefined;
}

/**
 * For a run that is recorded or registered: attests when there is something to sign with, and no attestation names this
 * very record yet. `undefined` when nothing was done. The identity of a CI job is used only where the project trusts one:
 * a job may have it for other reasons, and signing with it is public.
 */
export async function attestIfConfigured(
  options: AttestOptions & {
    readonly provenance: ProvenanceFile;
    readonly cwd: string;
    readonly time: Date;
    /** Whoever calls wants it, whatever the project says. */
    readonly always?: boolean;
  },
  place: AttestationPlace,
): Promise<Result<Attested | undefined, ProvenanceFailure>> {
  const { record, provenance, env, cwd, always = false } = options;
  if (record.model === undefined) return success(undefined);
  if (!always && !isWanted(env, provenance)) return success(undefined);
  const bundles = await readBundles(place, record.model.digest);
  if (!bundles.ok) return bundles;
  const wanted = hexOf(recordDigest(record));
  for (const bundle of bundles.value) {
    const read = await readBundle(bundle);
    if (!('problem' in read) && signedRecord(read.statement)?.digest === wanted) return success(undefined);
  }
  const signing = await signingOf({ env, cwd });
  return signing.ok ? await attestRun({ ...options, signing: signing.value }, place) : signing;
}

/** Whether there is something to sign with that the project means. */
export function isWanted(env: SigningQuestion['env'], { sigstore }: ProvenanceFile): boolean {
  return hasKey(env) || (sigstore !== undefined && hasIdentityToken(env));
}
