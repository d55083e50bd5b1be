import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { TrustMaterial } from '@sigstore/verify';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { ProvenanceFile } from '../pipeline/index.ts';
import type { Trust, TrustedKey } from './attestation.ts';
import { mostBytesOfBundle, readBoundedJson } from './bounded-json.ts';
import type { ProvenanceFailure } from './failures.ts';
import { keyUnreadable, rootUnreachable, rootUnreadable } from './failures.ts';
import { readPublicKey } from './keys.ts';
import type { RootSource } from './verify-signature.ts';

/** The keys and the identity that `provenance:` names. */
export async function loadTrust(
  root: string,
  { keys = [], sigstore }: ProvenanceFile,
): Promise<Result<Trust, ProvenanceFailure>> {
  const trusted: TrustedKey[] = [];
  for (const file of keys) {
    let pem: string;
    try {
      pem = await readFile(resolve(root, file), 'utf8');
    } catch (cause) {
      return failed(keyUnreadable(file, cause));
    }
    const key = readPublicKey(file, pem);
    if (!key.ok) return key;
    trusted.push(key.value);
  }
  if (sigstore === undefined) return success({ keys: trusted });
  const { issuer, identity, ref } = sigstore;
  const repository = sigstore.repository ?? repositoryIn(identity);
  return success({
    keys: trusted,
    sigstore: {
      issuer,
      identity,
      ...(repository === undefined ? {} : { repository }),
      ...(ref === undefined ? {} : { ref }),
    },
  });
}

/** Of `https://github.com/owner/name/.github/workflows/x.yml@ref` the repository. */
function repositoryIn(identity: string): string | undefined {
  return /^(https:\/\/[^/]+\/[^/]+\/[^/]+)\/\.github\/workflows\//.exec(identity)?.[1];
}

/**
 * The roots of the Sigstore that the project trusts: a file of the repository, else those of the public good, which are
 * fetched (and kept in the user's folder) the first time that a bundle needs them.
 */
export function trustedRoot(
  root: string,
  { sigstore }: ProvenanceFile,
  offline = false,
): RootSource | undefined {
  if (sigstore === undefined) return undefined;
  const file = sigstore['trusted-root'];
  let known: Promise<Result<TrustMaterial, ProvenanceFailure>> | undefined;
  return () => {
    known ??= file === undefined ? publicGood(offline) : rootOfFile(root, file);
    return known;
  };
}

async function rootOfFile(root: string, file: string): Promise<Result<TrustMaterial, ProvenanceFailure>> {
  try {
    const json = readBoundedJson(await readFile(resolve(root, file)), mostBytesOfBundle);
    if (!json.ok) return failed(rootUnreadable(file, json.problem));
    const [{ TrustedRoot }, { toTrustMaterial }] = await Promise.all([
      import('@sigstore/protobuf-specs'),
      import('@sigstore/verify'),
    ]);
    const material = toTrustMaterial(TrustedRoot.fromJSON(json.value));
    if (material.certificateAuthorities.length === 0) {
      return failed(rootUnreadable(file, 'it names no authority'));
    }
    return success(material);
  } catch (cause) {
    return failed(rootUnreadable(file, cause));
  }
}

async function publicGood(offline: boolean): Promise<Result<TrustMaterial, ProvenanceFailure>> {
  if (offline) return failed(rootUnreachable(new Error('nobody is asked here')));
  try {
    const [{ getTrustedRoot }, { toTrustMaterial }] = await Promise.all([
      import('@sigstore/tuf'),
      import('@sigstore/verify'),
    ]);
    return success(toTrustMaterial(await getTrustedRoot({ retry: { retries: 1 }, timeout: 5_000 })));
  } catch (cause) {
    return failed(rootUnreachable(cause));
  }
}
