import type { KeyObject } from 'node:crypto';
import { createPublicKey, sign } from 'node:crypto';
import type { IdentityProvider, Signer as SigstoreSigner, Witness } from '@sigstore/sign';
import type { Json, Result } from '../base/index.ts';
import { canonicalJson, failed, success } from '../base/index.ts';
import type { Statement } from './attestation.ts';
import { statementType } from './bundle.ts';
import type { ProvenanceFailure } from './failures.ts';
import { sigstoreFailed } from './failures.ts';
import { keyIdOf } from './keys.ts';
import type { Signing, SigstoreServices } from './signing.ts';

/** The bytes of a Sigstore bundle (0.3) with the statement in a DSSE envelope: canonical JSON and a line break. */
export async function signStatement(
  statement: Statement,
  signing: Signing,
): Promise<Result<Uint8Array, ProvenanceFailure>> {
  const [{ DSSEBundleBuilder, CIContextProvider }, { bundleToJSON }] = await Promise.all([
    import('@sigstore/sign'),
    import('@sigstore/bundle'),
  ]);
  const builder = new DSSEBundleBuilder(
    signing.kind === 'key'
      ? { signer: keySigner(signing.key), witnesses: [] }
      : await keyless(signing.services, new CIContextProvider()),
  );
  const data = Buffer.from(canonicalJson(statement as unknown as Json));
  try {
    const bundle = await builder.create({ data, type: statementType });
    return success(Buffer.from(`${canonicalJson(bundleToJSON(bundle) as unknown as Json)}\n`));
  } catch (cause) {
    if (signing.kind === 'key') throw cause;
    return failed(sigstoreFailed(withoutToken(cause)));
  }
}

/** The library puts a token that it cannot read into its message, and a token is a secret. */
function withoutToken(cause: unknown): unknown {
  const isAboutToken = (cause as { readonly code?: unknown }).code === 'IDENTITY_TOKEN_PARSE_ERROR';
  return isAboutToken ? new Error('the identity token of the job cannot be read') : cause;
}

function keySigner(key: KeyObject): SigstoreSigner {
  const algorithm = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  return {
    sign: async (data) => ({
      signature: sign(algorithm, data, key),
      key: { $case: 'publicKey', publicKey, hint: keyIdOf(key) },
    }),
  };
}

/** Every service may be asked three times, and has 20 s each time. */
const patience = { retry: { retries: 2, minTimeout: 500, maxTimeout: 4_000 }, timeout: 20_000 };

async function keyless(
  { fulcio, rekor, rekorVersion, timestamps }: SigstoreServices,
  identityProvider: IdentityProvider,
): Promise<{ readonly signer: SigstoreSigner; readonly witnesses: Witness[] }> {
  const { FulcioSigner, RekorWitness, TSAWitness } = await import('@sigstore/sign');
  const witnesses: Witness[] = [];
  if (rekor !== undefined) {
    witnesses.push(
      new RekorWitness({
        rekorBaseURL: rekor,
        majorApiVersion: rekorVersion,
        entryType: 'dsse',
        ...patience,
      }),
    );
  }
  if (timestamps !== undefined) witnesses.push(new TSAWitness({ tsaBaseURL: timestamps, ...patience }));
  return { signer: new FulcioSigner({ fulcioBaseURL: fulcio, identityProvider, ...patience }), witnesses };
}
