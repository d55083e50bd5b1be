import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ProvenanceFile } from '../../src/pipeline/index.ts';
import type { Verification } from '../../src/provenance/index.ts';
import { loadTrust, signingOf, signStatement, trustedRoot, verifyModel } from '../../src/provenance/index.ts';
import {
  keyPair,
  modelBytes,
  recordFile,
  recordOfModel,
  statementOf,
  stored,
  trustIn,
  versionOf,
} from './rig.ts';
import { issuer, LocalSigstore, workflow } from './sigstore-rig.ts';

const record = recordOfModel();
let sigstore: LocalSigstore;
let root: string;

beforeAll(async () => {
  sigstore = await LocalSigstore.start();
  root = await mkdtemp(join(tmpdir(), 'trainyard-sigstore-'));
  await writeFile(join(root, 'trusted_root.json'), sigstore.trustedRoot);
});

afterAll(async () => {
  await sigstore[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

afterEach(() => vi.unstubAllEnvs());

/** Signs as a job of CI does. */
async function signedIn(
  where: LocalSigstore,
  more: Readonly<Record<string, string>> = {},
  options: { readonly record?: typeof record } = {},
): Promise<Uint8Array> {
  const env = { ...where.env, ...more };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const signing = await signingOf({ env, cwd: root });
  if (!signing.ok) throw new Error(signing.failure.message);
  const bytes = await signStatement(statementOf(options.record ?? record), signing.value);
  if (!bytes.ok) throw new Error(bytes.failure.message);
  return bytes.value;
}

async function verified(
  bundle: Uint8Array,
  trusted: Partial<NonNullable<ProvenanceFile['sigstore']>> = {},
): Promise<Verification> {
  const provenance = {
    sigstore: { issuer, identity: workflow, 'trusted-root': 'trusted_root.json', ...trusted },
  };
  const trust = await loadTrust(root, provenance);
  if (!trust.ok) throw new Error(trust.failure.message);
  return await verifyModel({
    model: { bytes: modelBytes, file: 'model.onnx' },
    version: versionOf(record),
    record: recordFile(record),
    bundles: [stored(bundle)],
    trust: trust.value,
    root: trustedRoot(root, provenance)!,
  });
}

/** The check that did not pass, in short. */
function refusal({ verdict, checks }: Verification): readonly unknown[] {
  const wrong = checks.find((check) => check.verdict !== 'pass');
  return [
    verdict,
    wrong?.check,
    wrong?.place?.field,
    wrong?.because.replace(/attestation [0-9a-f]{12}: /, ''),
  ];
}

describe('signing through Sigstore', () => {
  it('P4: signs by the identity of the job and is verified by the identity that is trusted', async () => {
    const answer = await verified(await signedIn(sigstore));
    expect(answer.checks.filter((check) => check.verdict !== 'pass')).toEqual([]);
    expect(answer.attestations[0]?.signer).toEqual({ kind: 'sigstore', identity: workflow, issuer });
    expect(sigstore.requests.map((each) => each.split('?')[0])).toEqual([
      '/token',
      '/api/v2/signingCert',
      '/api/v1/log/entries',
    ]);
  });

  it('has the signature dated by a time-stamp authority when one is named', async () => {
    const bytes = await signedIn(sigstore, { TRAINYARD_TSA_URL: sigstore.url });
    const { verificationMaterial } = JSON.parse(Buffer.from(bytes).toString());
    expect(verificationMaterial.timestampVerificationData.rfc3161Timestamps).toHaveLength(1);
    expect(refusal(await verified(bytes))).toEqual(['pass', undefined, undefined, undefined]);
  });

  it('works without a public log where the root names none', async () => {
    const bytes = await signedIn(sigstore, { TRAINYARD_TSA_URL: sigstore.url, TRAINYARD_REKOR_URL: 'none' });
    expect(JSON.parse(Buffer.from(bytes).toString()).verificationMaterial.tlogEntries).toBeUndefined();
    await writeFile(
      join(root, 'private_root.json'),
      JSON.stringify({ ...JSON.parse(sigstore.trustedRoot), tlogs: [] }),
    );
    expect((await verified(bytes, { 'trusted-root': 'private_root.json' })).verdict).toBe('pass');
    expect(refusal(await verified(bytes))).toEqual([
      'fail',
      'signature',
      'verificationMaterial.tlogEntries',
      'the log of signatures does not confirm it (expected 1 tlog entries, got 0)',
    ]);
  });

  it('trusts any branch of a workflow when the identity ends with *', async () => {
    const bytes = await signedIn(sigstore);
    const identity = 'https://github.com/org/repository/.github/workflows/train.yml@*';
    expect((await verified(bytes, { identity })).verdict).toBe('pass');
  });

  it.each([
    [{ identity: workflow.replace('org/', 'other/') }],
    [{ identity: 'https://github.com/org/repository/.github/workflows/other.yml@*' }],
    [{ identity: workflow.slice(0, -1) }],
    [{ issuer: 'https://issuer.example.org' }],
  ])('refuses a signer who is not %o', async (trusted) => {
    const answer = refusal(await verified(await signedIn(sigstore), trusted));
    expect(answer.slice(0, 3)).toEqual(['fail', 'signature', 'verificationMaterial.certificate']);
    expect(answer[3]).toContain(`it is signed by "${workflow}", vouched for by "${issuer}"; trusted is `);
  });

  it('refuses what another Sigstore signed for the same identity', async () => {
    await using other = await LocalSigstore.start();
    expect(refusal(await verified(await signedIn(other)))).toEqual([
      'fail',
      'signature',
      'verificationMaterial.certificate',
      'no certificate that is trusted vouches for the signer (Failed to verify certificate chain: no valid certificate path found)',
    ]);
  });

  it('refuses a certificate that had expired when it signed', async () => {
    await using late = await LocalSigstore.start({ issuedAt: new Date(Date.now() - 3_600_000) });
    await writeFile(join(root, 'late_root.json'), late.trustedRoot);
    expect(refusal(await verified(await signedIn(late), { 'trusted-root': 'late_root.json' }))).toEqual([
      'fail',
      'signature',
      'verificationMaterial.certificate',
      'the certificate had expired, or was not yet valid, when it signed',
    ]);
  });

  it('cannot say when the roots are not at hand, and says no when nobody is trusted through Sigstore', async () => {
    const bytes = await signedIn(sigstore);
    const missing = refusal(await verified(bytes, { 'trusted-root': 'missing.json' }));
    expect(missing.slice(0, 2)).toEqual(['inconclusive', 'signature']);
    expect(missing[3]).toContain('the roots of Sigstore are not at hand: missing.json is no trusted root');
    const answer = await verifyModel({
      model: { bytes: modelBytes, file: 'model.onnx' },
      record: recordFile(record),
      bundles: [stored(bytes)],
      trust: trustIn(keyPair()),
    });
    expect(refusal(answer)[3]).toBe(
      'it is signed through Sigstore, and `provenance:` in trainyard.yaml trusts no identity there',
    );
  });

  it('refuses what was changed after it was signed, and says which part', async () => {
    const bytes = await signedIn(sigstore, { TRAINYARD_TSA_URL: sigstore.url });
    const bundle = JSON.parse(Buffer.from(bytes).toString());
    const changed = (change: (draft: typeof bundle) => void): Uint8Array => {
      const draft = structuredClone(bundle);
      change(draft);
      return Buffer.from(JSON.stringify(draft));
    };
    const flip = (base64: string, at: number): string => {
      const flipped = Buffer.from(base64, 'base64');
      flipped[at]! ^= 1;
      return flipped.toString('base64');
    };
    const other = statementOf({ ...record, params: { seed: 8 } });
    const cases: readonly (readonly [string, Uint8Array])[] = [
      [
        'verificationMaterial.tlogEntries',
        changed((draft) => {
          draft.dsseEnvelope.payload = Buffer.from(JSON.stringify(other)).toString('base64');
        }),
      ],
      [
        'verificationMaterial.timestampVerificationData',
        changed((draft) => {
          draft.dsseEnvelope.signatures[0].sig = flip(draft.dsseEnvelope.signatures[0].sig, 20);
        }),
      ],
      [
        'verificationMaterial.tlogEntries',
        changed((draft) => {
          const [entry] = draft.verificationMaterial.tlogEntries;
          entry.inclusionPromise.signedEntryTimestamp = flip(entry.inclusionPromise.signedEntryTimestamp, 20);
        }),
      ],
      [
        'verificationMaterial.tlogEntries',
        changed((draft) => {
          const { checkpoint } = draft.verificationMaterial.tlogEntries[0].inclusionProof;
          checkpoint.envelope = checkpoint.envelope.replace(/\u2014 \S+/, '\u2014 (.*)*(.*)*(.*)*x');
        }),
      ],
    ];
    for (const [field, tampered] of cases) {
      expect(refusal(await verified(tampered)).slice(0, 3)).toEqual(['fail', 'signature', field]);
    }
  });

  it('says why nothing was signed, and never shows a token', async () => {
    const env = { ...sigstore.env, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'a-token-that-is-not-valid' };
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const signing = await signingOf({ env, cwd: root });
    if (!signing.ok) throw new Error(signing.failure.message);
    const bytes = await signStatement(statementOf(record), signing.value);
    expect(bytes).toMatchObject({
      ok: false,
      failure: {
        code: 'provenance-sigstore-failed',
        message: 'Sigstore did not sign: the identity token of the job cannot be read',
      },
    });
    expect(JSON.stringify(bytes)).not.toContain('a-token');
  });

  it('refuses addresses that are none', async () => {
    const env = { ...sigstore.env, TRAINYARD_REKOR_URL: 'rekor' };
    expect(await signingOf({ env, cwd: root })).toMatchObject({
      ok: false,
      failure: { code: 'provenance-sigstore-url' },
    });
  });

  it('refuses a file that is no trusted root', async () => {
    for (const text of [
      '{}',
      '[]',
      'null',
      '"x"',
      'not json',
      '{"certificateAuthorities": [{}]}',
      '{"certificateAuthorities": 7}',
    ]) {
      await writeFile(join(root, 'odd.json'), text);
      const answer = await verified(await signedIn(sigstore), { 'trusted-root': 'odd.json' });
      expect([text, answer.verdict]).toEqual([text, 'inconclusive']);
    }
  });
});
