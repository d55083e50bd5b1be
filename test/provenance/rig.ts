import type { KeyPairKeyObjectResult } from 'node:crypto';
import { generateKeyPairSync } from 'node:crypto';
import type { Digest, Json } from '../../src/base/index.ts';
import { canonicalJson, digestOfBytes } from '../../src/base/index.ts';
import type {
  RecordAtHand,
  RegisteredVersion,
  Statement,
  StoredBundle,
  Trust,
} from '../../src/provenance/index.ts';
import { attestationPath, makeStatement, recordDigest, signStatement } from '../../src/provenance/index.ts';
import { keyIdOf } from '../../src/provenance/keys.ts';
import type { RunRecord } from '../../src/runs/index.ts';
import { recordPath } from '../../src/runs/index.ts';
import { sampleRecord } from '../runs/sample-record.ts';

export const modelBytes: Uint8Array = Buffer.from('the bytes of a model, as many as it takes to flip some');
export const modelDigest: Digest = digestOfBytes(modelBytes);

export function keyPair(kind: 'ed25519' | 'p256' = 'ed25519'): KeyPairKeyObjectResult {
  return kind === 'ed25519'
    ? generateKeyPairSync('ed25519')
    : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}

export function pemOf({ publicKey }: KeyPairKeyObjectResult): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

export function privatePemOf({ privateKey }: KeyPairKeyObjectResult): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

export function trustIn(...pairs: readonly KeyPairKeyObjectResult[]): Trust {
  return {
    keys: pairs.map((pair, i) => ({ file: `key-${i}.pub`, id: keyIdOf(pair.publicKey), pem: pemOf(pair) })),
  };
}

/** A run whose model is `modelBytes`. */
export function recordOfModel(more: Partial<RunRecord> = {}): RunRecord {
  const record = sampleRecord(more);
  const chosen = record.models.at(-1)!;
  return {
    ...record,
    models: [{ ...chosen, digest: modelDigest }],
    model: { step: chosen.step, digest: modelDigest, from: 'choose' },
    ...more,
  };
}

export function statementOf(record: RunRecord, name: string = record.pipeline): Statement {
  return makeStatement({
    record,
    model: { name, digest: record.model!.digest },
    builder: { id: 'https://example.org/builder' },
  });
}

export async function signed(statement: Statement, pair: KeyPairKeyObjectResult): Promise<Uint8Array> {
  const bytes = await signStatement(statement, { kind: 'key', key: pair.privateKey });
  if (!bytes.ok) throw new Error(bytes.failure.message);
  return bytes.value;
}

export function stored(bytes: Uint8Array, model: Digest = modelDigest): StoredBundle {
  return { path: attestationPath(model, digestOfBytes(bytes)), bytes };
}

export function recordFile(record: RunRecord): RecordAtHand {
  return {
    path: recordPath(record.pipeline, record.id),
    bytes: Buffer.from(`${canonicalJson(record as unknown as Json)}\n`),
    record,
  };
}

export function versionOf(record: RunRecord, more: Partial<RegisteredVersion> = {}): RegisteredVersion {
  return {
    tag: `${record.pipeline}@v1.4.0`,
    model: record.pipeline,
    digest: record.model!.digest,
    run: record.id,
    pipeline: record.pipeline,
    record: recordDigest(record),
    ...more,
  };
}
