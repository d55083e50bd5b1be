import { createHash, generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { HandlerFn } from '@sigstore/mock';
import {
  fulcioHandler,
  initializeCA,
  initializeCTLog,
  initializeTLog,
  initializeTSA,
  tsaHandler,
} from '@sigstore/mock';
import { HashAlgorithm, PublicKeyDetails, TrustedRoot } from '@sigstore/protobuf-specs';

export interface SigstoreOptions {
  /** Subject of the tokens: the identity in the certificates. */
  readonly identity?: string;
  /**
   * Whose tokens are taken, instead of those of the rig: gives the claims of a token that is good. As with Fulcio and
   * GitHub, the identity is then the workflow that the job is written in.
   */
  readonly tokens?: (token: string) => Promise<Readonly<Record<string, unknown>>>;
  /** When certificates are issued: those of long ago have expired when the log notes the signature. */
  readonly issuedAt?: Date;
}

export const issuer = 'https://token.actions.githubusercontent.com';
export const workflow = 'https://github.com/org/repository/.github/workflows/train.yml@refs/heads/main';

/**
 * A Sigstore on loopback: tokens as GitHub gives them, Fulcio, Rekor and a time-stamp authority, with real keys and
 * certificates made by `@sigstore/mock`. What a request must hold is checked; other paths are answered with 501.
 */
export class LocalSigstore implements AsyncDisposable {
  readonly #server: ReturnType<typeof createServer>;
  /** What a job of GitHub Actions finds in its environment, and where the services are. */
  readonly env: Readonly<Record<string, string>>;
  /** The text of `trusted_root.json`. */
  readonly trustedRoot: string;
  /** Paths that were asked for. */
  readonly requests: string[];

  private constructor(
    server: ReturnType<typeof createServer>,
    env: Readonly<Record<string, string>>,
    trustedRoot: string,
    requests: string[],
  ) {
    this.#server = server;
    this.env = env;
    this.trustedRoot = trustedRoot;
    this.requests = requests;
  }

  static async start({
    identity = workflow,
    tokens,
    issuedAt,
  }: SigstoreOptions = {}): Promise<LocalSigstore> {
    const requests: string[] = [];
    let answer: (request: IncomingMessage, response: ServerResponse) => Promise<void> = async () => {};
    const server = createServer((request, response) => {
      requests.push(request.url ?? '');
      void answer(request, response).catch((error: unknown) => {
        response.writeHead(500).end(String(error));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    const keys = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const [caKeys, ctKeys, logKeys, tsaKeys] = [keys(), keys(), keys(), keys()];
    const ctLog = await initializeCTLog(ctKeys);
    // One clock of whole seconds for all, after the roots are valid: the mock writes fractions that not every parser reads.
    const clock = new Date(Math.floor(Date.now() / 1000) * 1000 + 3_000);
    const ca = await initializeCA(caKeys, ctLog, issuedAt ?? clock);
    const log = await initializeTLog(url, logKeys, clock);
    const tsa = await initializeTSA(tsaKeys, clock);

    const secret = 'token-of-the-job';
    const claims = { iss: issuer, sub: identity, aud: 'sigstore' };
    const jwt = ['{"alg":"none"}', JSON.stringify(claims), 'x']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
    const post: Readonly<Record<string, HandlerFn>> = {
      '/api/v2/signingCert': fulcioHandler(ca).fn,
      '/api/v1/timestamp': tsaHandler(tsa).fn,
      '/api/v1/log/entries': async (body) => ({
        statusCode: 201,
        response: JSON.stringify(await log.log(loggedEntry(JSON.parse(body)))),
        contentType: 'application/json',
      }),
    };
    answer = async (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', url);
      if (request.method === 'GET' && pathname === '/token') {
        const isAllowed =
          request.headers.authorization === `Bearer ${secret}` && searchParams.get('audience') === 'sigstore';
        response.writeHead(isAllowed ? 200 : 403, { 'content-type': 'application/json' });
        response.end(JSON.stringify(isAllowed ? { value: jwt } : { message: 'forbidden' }));
        return;
      }
      const handler = request.method === 'POST' ? post[pathname] : undefined;
      if (handler === undefined) {
        response.writeHead(501).end();
        return;
      }
      const asked = await text(request);
      const isCertificate = pathname === '/api/v2/signingCert' && tokens !== undefined;
      const given = isCertificate ? await withClaims(asked, tokens) : asked;
      const { statusCode, response: body, contentType } = await handler(given);
      response.writeHead(statusCode, { 'content-type': contentType ?? 'text/plain' });
      response.end(body);
    };

    const from = new Date(Date.now() - 86_400_000);
    const publicKey = (rawBytes: Buffer) => ({
      rawBytes,
      keyDetails: PublicKeyDetails.PKIX_ECDSA_P256_SHA_256,
      validFor: { start: from, end: undefined },
    });
    const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
    const authority = (...certificates: readonly ArrayBufferView[]) => ({
      subject: { commonName: 'sigstore', organization: 'example' },
      uri: url,
      certChain: {
        certificates: certificates.map((each) => ({
          rawBytes: Buffer.from(each.buffer, each.byteOffset, each.byteLength),
        })),
      },
      validFor: { start: from, end: undefined },
      operator: 'example',
    });
    const ledger = (key: Buffer, keyId: Buffer) => ({
      baseUrl: url,
      hashAlgorithm: HashAlgorithm.SHA2_256,
      publicKey: publicKey(key),
      logId: { keyId },
      checkpointKeyId: undefined,
      operator: 'example',
    });
    const { logID } = ctLog;
    const root = TrustedRoot.toJSON({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      certificateAuthorities: [authority(ca.rootCertificate)],
      timestampAuthorities: [authority(tsa.intCertificate, tsa.rootCertificate)],
      tlogs: [ledger(log.publicKey, sha256(log.publicKey))],
      ctlogs: [ledger(ctLog.publicKey, Buffer.from(logID.buffer, logID.byteOffset, logID.byteLength))],
    });
    const env = {
      GITHUB_ACTIONS: 'true',
      ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret,
      TRAINYARD_FULCIO_URL: url,
      TRAINYARD_REKOR_URL: url,
      NO_PROXY: '127.0.0.1',
    };
    return new LocalSigstore(server, env, JSON.stringify(root), requests);
  }

  get url(): string {
    return this.env['TRAINYARD_FULCIO_URL']!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** The request for a certificate with what GitHub vouches for, as the mock reads it. */
async function withClaims(
  request: string,
  claimsOf: NonNullable<SigstoreOptions['tokens']>,
): Promise<string> {
  const asked = JSON.parse(request) as { readonly credentials: { readonly oidcIdentityToken: string } };
  const claims = await claimsOf(asked.credentials.oidcIdentityToken);
  if (claims['aud'] !== 'sigstore') throw new Error('the token is for somebody else');
  const sub = `https://github.com/${String(claims['job_workflow_ref'])}`;
  const read = ['{"alg":"none"}', JSON.stringify({ ...claims, iss: issuer, sub }), 'x'];
  const oidcIdentityToken = read.map((part) => Buffer.from(part).toString('base64url')).join('.');
  return JSON.stringify({ ...asked, credentials: { ...asked.credentials, oidcIdentityToken } });
}

interface Proposed {
  readonly kind: string;
  readonly apiVersion: string;
  readonly spec: {
    readonly proposedContent: { readonly envelope: string; readonly verifiers: readonly string[] };
  };
}

/** What Rekor keeps of a proposed entry: digests and signatures, not the payload. The mock keeps it as it is. */
function loggedEntry({ kind, apiVersion, spec }: Proposed): object {
  if (kind !== 'dsse' || apiVersion !== '0.0.1') throw new Error(`no such entry: ${kind} ${apiVersion}`);
  const { envelope, verifiers } = spec.proposedContent;
  const { payload, signatures } = JSON.parse(envelope) as {
    payload: string;
    signatures: { sig: string }[];
  };
  const digest = (bytes: Buffer | string) => ({
    algorithm: 'sha256',
    value: createHash('sha256').update(bytes).digest('hex'),
  });
  return {
    apiVersion,
    kind,
    spec: {
      envelopeHash: digest(envelope),
      payloadHash: digest(Buffer.from(payload, 'base64')),
      signatures: signatures.map(({ sig }, i) => ({ signature: sig, verifier: verifiers[i] })),
    },
  };
}
