import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';
import type { TokenGrant, TokenIssuer } from './access-file.ts';
import type { GrantedIdentity } from './grants.ts';
import { identityOf } from './grants.ts';

/** Finds out whose token a text is. */
export interface TokenReader {
  read(token: string): Promise<Result<GrantedIdentity, ServeFailure>>;
  /** Fetches the keys of issuers again; those that are known stay when that fails, and what failed is told. */
  refresh(): Promise<readonly string[]>;
}

interface Issuer {
  readonly issuer: TokenIssuer;
  readonly keys: JWTVerifyGetKey;
  readonly reload: (() => Promise<void>) | undefined;
}

const seconds = 1000;
/** A token that was verified is taken for so long without another look at its signature. */
const rememberedFor = 60 * seconds;
const mostRemembered = 5_000;
/** Wrong keys of tokens make nobody fetch more often than this. */
const cooldown = 30 * seconds;

const unknown = failed(
  serveFailure(
    'serve-identity-unknown',
    'The token is not accepted: it is expired, for somebody else, or signed by nobody who is known',
  ),
);

export async function openTokens(
  issuers: readonly TokenIssuer[],
  /** Of the access file. */
  folder: string,
  /** Milliseconds since 1970. */
  now: () => number,
): Promise<TokenReader> {
  const jose = await import('jose');
  const open = new Map<string, Issuer>();
  for (const issuer of issuers) open.set(issuer.issuer, await openIssuer(issuer, folder, jose));
  const remembered = new Map<string, { readonly identity: GrantedIdentity; readonly until: number }>();

  const verify = async (token: string): Promise<Result<GrantedIdentity, ServeFailure>> => {
    let claimed: JWTPayload;
    try {
      claimed = jose.decodeJwt(token);
    } catch {
      return unknown;
    }
    const found = claimed.iss === undefined ? undefined : open.get(claimed.iss);
    if (found === undefined) return unknown;
    const { issuer, keys } = found;
    const claim = issuer.identity ?? 'sub';
    try {
      const { payload } = await jose.jwtVerify(token, keys, {
        issuer: issuer.issuer,
        audience: issuer.audience,
        algorithms: [...issuer.algorithms],
        clockTolerance: issuer['clock-tolerance'] ?? 5,
        currentDate: new Date(now()),
        requiredClaims: ['exp', claim],
      });
      const subject = payload[claim];
      if (typeof subject !== 'string' || subject === '') return unknown;
      const grants = issuer.grants.filter((grant) => applies(grant, payload));
      const identity = identityOf(`token:${issuer.issuer}:${subject}`, grants, issuer.rate);
      const until = Math.min(now() + rememberedFor, (payload.exp ?? 0) * seconds);
      if (remembered.size >= mostRemembered) remembered.delete(remembered.keys().next().value!);
      remembered.set(token, { identity, until });
      return success(identity);
    } catch (error) {
      if (isOfToken(error)) return unknown;
      const message = 'The keys of the issuer of this token cannot be fetched now';
      return failed(serveFailure('serve-keys-unavailable', message, { retryAfter: 5, cause: error }));
    }
  };

  return {
    read: async (token) => {
      const before = remembered.get(token);
      if (before !== undefined && before.until > now()) return success(before.identity);
      remembered.delete(token);
      return await verify(token);
    },
    refresh: async () => {
      const problems: string[] = [];
      for (const { issuer, reload } of open.values()) {
        await reload?.().catch((error: unknown) => {
          problems.push(`${issuer.jwks}: ${error instanceof Error ? error.message : String(error)}`);
        });
      }
      return problems;
    },
  };
}

async function openIssuer(issuer: TokenIssuer, folder: string, jose: typeof import('jose')): Promise<Issuer> {
  if (/^https?:/i.test(issuer.jwks)) {
    // Keys are kept for ever: an issuer that is away takes nothing from those that are known. `refresh` looks for new ones.
    const keys = jose.createRemoteJWKSet(new URL(issuer.jwks), {
      cacheMaxAge: Number.POSITIVE_INFINITY,
      cooldownDuration: cooldown,
      timeoutDuration: 5 * seconds,
    });
    return { issuer, keys, reload: () => keys.reload() };
  }
  const text = await readFile(resolve(folder, issuer.jwks), 'utf8');
  return { issuer, keys: jose.createLocalJWKSet(JSON.parse(text)), reload: undefined };
}

/** Whether a verification failed because of the token; else because the keys are out of reach. */
function isOfToken(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return (
    typeof code === 'string' &&
    (code.startsWith('ERR_JWT_') ||
      code.startsWith('ERR_JWS_') ||
      code === 'ERR_JOSE_ALG_NOT_ALLOWED' ||
      code === 'ERR_JOSE_NOT_SUPPORTED' ||
      code === 'ERR_JWKS_NO_MATCHING_KEY' ||
      code === 'ERR_JWKS_MULTIPLE_MATCHING_KEYS')
  );
}

function applies({ when = {} }: TokenGrant, payload: JWTPayload): boolean {
  return Object.entries(when).every(([claim, wanted]) => {
    const value = Object.hasOwn(payload, claim) ? payload[claim] : undefined;
    if (Array.isArray(value)) return value.includes(wanted);
    return typeof value === 'string' && (value === wanted || value.split(' ').includes(wanted));
  });
}
