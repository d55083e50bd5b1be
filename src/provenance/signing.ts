import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { ProvenanceFailure } from './failures.ts';
import { keyUnreadable, keyVariable, noSigner, passphraseVariable, sigstoreUrl } from './failures.ts';
import { readPrivateKey } from './keys.ts';

/** What to sign with. */
export type Signing =
  | { readonly kind: 'key'; readonly key: KeyObject }
  | { readonly kind: 'sigstore'; readonly services: SigstoreServices };

/** Where Sigstore is. Without `rekor` nothing is published, and the time comes from `timestamps` alone. */
export interface SigstoreServices {
  readonly fulcio: string;
  readonly rekor?: string;
  readonly rekorVersion: 1 | 2;
  readonly timestamps?: string;
}

export interface SigningQuestion {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** File of a private key, relative to `cwd`. It comes before what the environment says. */
  readonly key?: string;
  readonly cwd: string;
}

/**
 * A key that is named, else the one that the environment names (or holds, as the secrets of CI do), else the identity
 * of a CI job.
 */
export async function signingOf(question: SigningQuestion): Promise<Result<Signing, ProvenanceFailure>> {
  const { env } = question;
  const named = question.key ?? nonEmpty(env[keyVariable]);
  if (named !== undefined) return await keyOf(question, named);
  return hasIdentityToken(env) ? sigstoreOf(env) : failed(noSigner());
}

export function hasKey(env: SigningQuestion['env']): boolean {
  return nonEmpty(env[keyVariable]) !== undefined;
}

async function keyOf(
  { env, cwd }: SigningQuestion,
  named: string,
): Promise<Result<Signing, ProvenanceFailure>> {
  const isText = named.trimStart().startsWith('-----BEGIN');
  const file = isText ? keyVariable : named;
  let pem = named;
  if (!isText) {
    try {
      pem = await readFile(resolve(cwd, named), 'utf8');
    } catch (cause) {
      return failed(keyUnreadable(named, cause));
    }
  }
  const key = readPrivateKey({ file, pem, passphrase: env[passphraseVariable] });
  return key.ok ? success({ kind: 'key', key: key.value }) : key;
}

/** Whether this is a job of CI that may ask for a token of its identity. */
export function hasIdentityToken(env: SigningQuestion['env']): boolean {
  if (nonEmpty(env['SIGSTORE_ID_TOKEN']) !== undefined) return true;
  return (
    nonEmpty(env['ACTIONS_ID_TOKEN_REQUEST_URL']) !== undefined &&
    nonEmpty(env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']) !== undefined
  );
}

function sigstoreOf(env: SigningQuestion['env']): Result<Signing, ProvenanceFailure> {
  const variables = ['TRAINYARD_FULCIO_URL', 'TRAINYARD_REKOR_URL', 'TRAINYARD_TSA_URL'] as const;
  for (const variable of variables) {
    const value = nonEmpty(env[variable]);
    if (value !== undefined && value !== 'none' && !isAddress(value))
      return failed(sigstoreUrl(variable, value));
  }
  const [fulcio, rekor, timestamps] = variables.map((variable) => nonEmpty(env[variable]));
  return success({
    kind: 'sigstore',
    services: {
      fulcio: fulcio ?? 'https://fulcio.sigstore.dev',
      ...(rekor === 'none' ? {} : { rekor: rekor ?? 'https://rekor.sigstore.dev' }),
      rekorVersion: env['TRAINYARD_REKOR_VERSION'] === '2' ? 2 : 1,
      ...(timestamps === undefined || timestamps === 'none' ? {} : { timestamps }),
    },
  });
}

function isAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text;
}
