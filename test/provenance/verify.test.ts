import { describe, expect, it } from 'vitest';
import type { Digest, Json } from '../../src/base/index.ts';
import { canonicalJson, digestOfBytes, seededRandom } from '../../src/base/index.ts';
import type { ModelQuestion, Statement, Verification } from '../../src/provenance/index.ts';
import { verificationSentence, verifyModel } from '../../src/provenance/index.ts';
import {
  keyPair,
  modelBytes,
  modelDigest,
  recordFile,
  recordOfModel,
  signed,
  statementOf,
  stored,
  trustIn,
  versionOf,
} from './rig.ts';

const pair = keyPair();
const record = recordOfModel();
const bundle = stored(await signed(statementOf(record), pair));
const good: ModelQuestion = {
  model: { bytes: modelBytes, file: 'model.onnx' },
  version: versionOf(record),
  record: recordFile(record),
  bundles: [bundle],
  trust: trustIn(pair),
};

function ask(changes: Partial<ModelQuestion>): Promise<Verification> {
  return verifyModel({ ...good, ...changes });
}

/** The checks that do not pass: which, how, and where. */
function broken({ checks }: Verification): readonly unknown[] {
  return checks
    .filter((check) => check.verdict !== 'pass')
    .map(({ check, verdict, place }) => [check, verdict, place?.file, place?.field]);
}

async function withStatement(change: (statement: Statement) => unknown, by = pair) {
  const draft = structuredClone(statementOf(record));
  return stored(await signed((change(draft) ?? draft) as Statement, by));
}

/** A statement that can be written to. */
interface Draft {
  readonly predicate: {
    more?: boolean;
    readonly buildDefinition: {
      readonly externalParameters: { readonly params: Record<string, unknown> };
      readonly resolvedDependencies: readonly { readonly digest: Record<string, string> }[];
    };
    readonly runDetails: { readonly metadata: { startedOn: string }; readonly byproducts: unknown[] };
  };
}

/** Bytes with one bit of one byte changed. */
function flipped(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at]! ^= 1 << bit;
  return copy;
}

describe('verifying a model', () => {
  it.each(['ed25519', 'p256'] as const)(
    'P4: passes when every link holds, with a key of the kind %s',
    async (kind) => {
      const own = keyPair(kind);
      const answer = await ask({
        bundles: [stored(await signed(statementOf(record), own))],
        trust: trustIn(keyPair(), own, keyPair('p256')),
      });
      expect(answer.checks.map((check) => [check.check, check.verdict])).toEqual(
        ['model', 'attestation', 'signature', 'subject', 'version', 'record', 'statement', 'code'].map(
          (name) => [name, 'pass'],
        ),
      );
      expect(answer).toMatchObject({ verdict: 'pass', model: 'heart-disease', digest: modelDigest });
      expect(verificationSentence(answer)).toMatch(
        /^signed by the key sha256:[0-9a-f]{12}, and every link holds$/,
      );
    },
  );

  describe('P4: a changed byte anywhere is refused with the place:', () => {
    const random = seededRandom(20261121);
    const samples = (bytes: Uint8Array, count: number) =>
      Array.from({ length: count }, () =>
        flipped(bytes, Math.floor(random() * bytes.length), Math.floor(random() * 8)),
      );

    it('in the model', async () => {
      for (let at = 0; at < modelBytes.length; at++) {
        const answer = await ask({ model: { bytes: flipped(modelBytes, at, at % 8), file: 'model.onnx' } });
        expect(broken(answer)).toEqual([['model', 'fail', 'model.onnx', undefined]]);
        expect(answer.checks[0]?.place).toMatchObject({ expected: modelDigest });
      }
    });

    it('in the attestation', async () => {
      for (const bytes of samples(bundle.bytes, 150)) {
        const answer = await ask({ bundles: [{ path: bundle.path, bytes }] });
        expect(answer.verdict).toBe('fail');
        expect(answer.checks.at(-1)).toMatchObject({
          check: 'attestation',
          verdict: 'fail',
          place: { file: bundle.path, expected: digestOfBytes(bundle.bytes), found: digestOfBytes(bytes) },
        });
      }
    });

    it('in the attestation, when its file is renamed to fit: unless the byte means nothing', async () => {
      const meaningful = JSON.stringify(JSON.parse(Buffer.from(bundle.bytes).toString()));
      for (const bytes of samples(bundle.bytes, 300)) {
        const answer = await ask({ bundles: [stored(bytes)] });
        if (answer.verdict === 'pass') {
          // Of the bytes outside of what is signed: the spelling of base64, members that nobody reads.
          const { dsseEnvelope, verificationMaterial } = JSON.parse(Buffer.from(bytes).toString());
          const before = JSON.parse(meaningful);
          expect(Buffer.from(dsseEnvelope.payload, 'base64')).toEqual(
            Buffer.from(before.dsseEnvelope.payload, 'base64'),
          );
          expect(verificationMaterial.publicKey).toEqual(before.verificationMaterial.publicKey);
        } else {
          expect(['attestation', 'signature']).toContain(
            answer.checks.find(({ verdict }) => verdict === 'fail')?.check,
          );
        }
      }
    });

    it('in the record', async () => {
      const { path, bytes } = recordFile(record);
      for (const changed of samples(bytes, 150)) {
        const answer = await ask({ record: { path, bytes: changed } });
        expect(answer.verdict).toBe('fail');
        expect(broken(answer)[0]).toEqual(['record', 'fail', path, undefined]);
      }
    });

    it('in the message of the tag', async () => {
      const version = versionOf(record);
      const other = digestOfBytes('another') as Digest;
      const cases = [
        ['digest', { digest: other }],
        ['run', { run: '20261121-031500-00000000' }],
        ['pipeline', { pipeline: 'lung-disease' }],
        ['record', { record: other }],
      ] as const;
      for (const [field, change] of cases) {
        const answer = await ask({ version: { ...version, ...change } });
        expect(answer.verdict).toBe('fail');
        const wrong = answer.checks.find((check) => check.check === 'version');
        expect(wrong).toMatchObject({ verdict: 'fail', place: { file: version.tag, field } });
      }
    });
  });

  it('says which field of the record was changed', async () => {
    const changed = { ...record, params: { ...record.params, trees: 300 } };
    const answer = await ask({ record: recordFile(changed) });
    expect(broken(answer)[0]).toEqual([
      'record',
      'fail',
      'runs/heart-disease/2026/11/21/20261121-031500-1f4a9c1e.json',
      'predicate.buildDefinition.externalParameters.params.trees',
    ]);
    expect(verificationSentence(answer)).toContain('it says 300 where 200 was signed');
  });

  it('refuses white space in a record that changes nothing', async () => {
    const { path, bytes } = recordFile(record);
    const spaced = Buffer.from(Buffer.from(bytes).toString().replace('{', '{ '));
    const answer = await ask({ record: { path, bytes: spaced, record } });
    expect(broken(answer)[0]).toEqual(['record', 'fail', path, undefined]);
    expect(verificationSentence(answer)).toContain('it is not spelled as records are');
  });

  it.each<[string, (statement: Draft) => unknown, string]>([
    [
      'another commit',
      (s) => {
        s.predicate.buildDefinition.resolvedDependencies[0]!.digest.gitCommit = 'b'.repeat(40);
      },
      'predicate.buildDefinition.resolvedDependencies[0].digest.gitCommit',
    ],
    [
      'other data',
      (s) => {
        s.predicate.buildDefinition.resolvedDependencies[1]!.digest.sha256 = 'b'.repeat(64);
      },
      'predicate.buildDefinition.resolvedDependencies[1].digest.sha256',
    ],
    [
      'another contract',
      (s) => {
        s.predicate.buildDefinition.resolvedDependencies[3]!.digest.sha256 = 'b'.repeat(64);
      },
      'predicate.buildDefinition.resolvedDependencies[3].digest.sha256',
    ],
    [
      'another parameter',
      (s) => {
        s.predicate.buildDefinition.externalParameters.params.seed = 8;
      },
      'predicate.buildDefinition.externalParameters.params.seed',
    ],
    [
      'one parameter more',
      (s) => {
        s.predicate.buildDefinition.externalParameters.params.more = null;
      },
      'predicate.buildDefinition.externalParameters.params.more',
    ],
    [
      'another time',
      (s) => {
        s.predicate.runDetails.metadata.startedOn = '2026-11-21T03:15:01.000Z';
      },
      'predicate.runDetails.metadata.startedOn',
    ],
    [
      'a member that nobody knows',
      (s) => {
        s.predicate.more = true;
      },
      'predicate.more',
    ],
    [
      'another artifact',
      (s) => {
        s.predicate.runDetails.byproducts.pop();
      },
      'predicate.runDetails.byproducts[1]',
    ],
  ])('refuses a signed statement that says %s than its record', async (_, change, field) => {
    const answer = await ask({ bundles: [await withStatement((s) => void change(s as unknown as Draft))] });
    expect(broken(answer)).toEqual([['statement', 'fail', answer.attestations[0]?.path, field]]);
  });

  it('refuses a statement about two things, about another model, or by another name', async () => {
    const two = await withStatement((s) => ({
      ...s,
      subject: [...s.subject, { name: 'more', digest: { sha256: 'b'.repeat(64) } }],
    }));
    expect(broken(await ask({ bundles: [two] }))).toContainEqual(['subject', 'fail', two.path, 'subject']);
    const other = await withStatement((s) => ({
      ...s,
      subject: [{ ...s.subject[0]!, digest: { sha256: 'b'.repeat(64) } }],
    }));
    expect(broken(await ask({ bundles: [other] }))).toContainEqual([
      'subject',
      'fail',
      other.path,
      'subject[0].digest.sha256',
    ]);
    const named = await withStatement((s) => ({
      ...s,
      subject: [{ ...s.subject[0]!, name: 'lung-disease' }],
    }));
    expect(broken(await ask({ bundles: [named] }))).toEqual([
      ['subject', 'fail', named.path, 'subject[0].name'],
    ]);
  });

  it('refuses the attestation of another model in the folder of this one', async () => {
    const otherBytes = Buffer.from('another model');
    const digest = digestOfBytes(otherBytes);
    const otherRecord = { ...record, id: '20261121-031501-1f4a9c1e', model: { ...record.model!, digest } };
    const replayed = stored(await signed(statementOf(otherRecord), pair));
    const answer = await ask({ bundles: [replayed] });
    expect(answer.verdict).toBe('fail');
    expect(broken(answer)[0]).toEqual(['subject', 'fail', replayed.path, 'subject[0].digest.sha256']);
  });

  it('tells apart: nobody signed, a stranger signed, nobody is trusted, a key that was put in the place of another', async () => {
    const stranger = keyPair();
    const unsigned = await ask({ bundles: [] });
    expect(unsigned.verdict).toBe('inconclusive');
    expect(verificationSentence(unsigned)).toMatch(/^nobody has signed for sha256:/);

    const strange = await ask({ bundles: [stored(await signed(statementOf(record), stranger))] });
    expect(strange.verdict).toBe('fail');
    expect(verificationSentence(strange)).toContain('which is none of the 1 trusted ones');

    const open = await ask({ trust: { keys: [] } });
    expect(open.verdict).toBe('inconclusive');
    expect(verificationSentence(open)).toContain('nobody is trusted');

    const forged = JSON.parse(Buffer.from(await signed(statementOf(record), stranger)).toString());
    forged.verificationMaterial.publicKey.hint = trustIn(pair).keys[0]!.id;
    const answer = await ask({ bundles: [stored(Buffer.from(JSON.stringify(forged)))] });
    expect(answer.verdict).toBe('fail');
    expect(verificationSentence(answer)).toContain('the signature does not fit what is signed');
  });

  it('is content with one good attestation among bad ones, and tells of the others', async () => {
    const bad = [
      stored(await signed(statementOf(record), keyPair())),
      { path: stored(Buffer.from('x')).path, bytes: Buffer.from('y') },
      stored(Buffer.from('not json')),
    ];
    const answer = await ask({ bundles: [...bad, bundle] });
    expect(answer.verdict).toBe('pass');
    expect(answer.attestations.map((each) => each.verdict)).toEqual(['pass', 'fail', 'fail', 'fail']);
    expect(answer.attestations[0]?.path).toBe(bundle.path);
  });

  it('cannot say when bytes, record or commit are not at hand, and never passes', async () => {
    const missing = await ask({
      model: { digest: modelDigest, state: 'missing', because: 'the store does not hold them' },
    });
    expect(broken(missing)).toEqual([['model', 'inconclusive', undefined, undefined]]);
    const damaged = await ask({
      model: { digest: modelDigest, state: 'damaged', because: 'the bytes are damaged' },
    });
    expect(damaged.verdict).toBe('fail');
    const unrecorded = await ask({ record: undefined });
    expect(broken(unrecorded).map((each) => (each as string[])[0])).toEqual(['record', 'statement', 'code']);
    expect(unrecorded.verdict).toBe('inconclusive');
    for (const code of [null, { commit: null, dirty: true }, { commit: 'a'.repeat(40), dirty: true }]) {
      const dirty = recordOfModel({ code });
      const answer = await ask({
        version: versionOf(dirty),
        record: recordFile(dirty),
        bundles: [stored(await signed(statementOf(dirty), pair))],
      });
      expect(broken(answer)).toEqual([['code', 'inconclusive', undefined, undefined]]);
    }
  });

  it('refuses bundles that are huge, deep, odd, or of another kind, in bounded time', async () => {
    const parsed = JSON.parse(Buffer.from(bundle.bytes).toString());
    const { dsseEnvelope } = parsed;
    const withPayload = (payload: string, payloadType = dsseEnvelope.payloadType) =>
      JSON.stringify({
        ...parsed,
        dsseEnvelope: { ...dsseEnvelope, payloadType, payload: Buffer.from(payload).toString('base64') },
      });
    const odd = [
      '',
      '0',
      'null',
      '[]',
      '{}',
      '"x"',
      '{"mediaType":7}',
      '\ufeff{}',
      `${'['.repeat(1_000_000)}`,
      `{"a":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`,
      `{"x":"${'y'.repeat(5_000_000)}"}`,
      JSON.stringify({ ...parsed, dsseEnvelope: { ...dsseEnvelope, signatures: [] } }),
      JSON.stringify({
        ...parsed,
        dsseEnvelope: {
          ...dsseEnvelope,
          signatures: [...dsseEnvelope.signatures, ...dsseEnvelope.signatures],
        },
      }),
      JSON.stringify({ ...parsed, verificationMaterial: {} }),
      JSON.stringify({ ...parsed, verificationMaterial: { certificate: { rawBytes: 'AAAA' } } }),
      JSON.stringify({
        ...parsed,
        dsseEnvelope: undefined,
        messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest: 'AAAA' }, signature: 'AAAA' },
      }),
      withPayload('{}', 'text/plain'),
      withPayload('{}'),
      withPayload('[]'),
      withPayload('null'),
      withPayload('x'),
      withPayload('['.repeat(100_000)),
      withPayload(
        '{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"x","predicate":{}}',
      ),
    ];
    for (const text of odd) {
      const answer = await ask({ bundles: [stored(Buffer.from(text))] });
      expect([text.slice(0, 60), answer.verdict]).toEqual([text.slice(0, 60), 'fail']);
    }
    const bytes = Buffer.from([0xff, 0xfe, 0x7b]);
    expect((await ask({ bundles: [stored(bytes)] })).verdict).toBe('fail');
  });

  it('signs and compares what JSON makes odd: names of prototypes, long and strange texts', async () => {
    const params = JSON.parse(
      '{"__proto__": 1, "constructor": "x", "\\u202e": "\\ud83d\\ude00", "long": "' +
        'z'.repeat(10_000) +
        '"}',
    );
    const odd = recordOfModel({ params });
    const answer = await ask({
      version: versionOf(odd),
      record: recordFile(odd),
      bundles: [stored(await signed(statementOf(odd), pair))],
    });
    expect(answer.verdict).toBe('pass');
    const changed = canonicalJson({ ...(odd as unknown as Record<string, Json>), params: {} });
    const other = await ask({
      version: versionOf(odd),
      record: {
        path: recordFile(odd).path,
        bytes: Buffer.from(`${changed}\n`),
        record: { ...odd, params: {} },
      },
      bundles: [stored(await signed(statementOf(odd), pair))],
    });
    expect((broken(other)[0] as string[]).slice(0, 2)).toEqual(['record', 'fail']);
    expect(Math.max(...other.checks.map((check) => check.because.length))).toBeLessThan(600);
  });
});
