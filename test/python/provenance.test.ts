import { describe, expect, it } from 'vitest';
import type { Statement } from '../../src/provenance/index.ts';
import { verifyModel } from '../../src/provenance/index.ts';
import { readPublicKey } from '../../src/provenance/keys.ts';
import {
  keyPair,
  modelBytes,
  pemOf,
  recordFile,
  recordOfModel,
  signed,
  statementOf,
  stored,
  versionOf,
} from '../provenance/rig.ts';
import { runPython } from './run-python.ts';

interface Answer {
  readonly accepted: number;
  readonly subjects: readonly string[];
  readonly buildType: string;
  readonly builder: string;
  readonly invocation: string;
  readonly startedOn: string;
  readonly dependencies: number;
  readonly byproducts: number;
  readonly envelope: Readonly<Record<string, unknown>>;
  readonly publicKey: string;
}

describe('attestations and the packages of in-toto', () => {
  it.each(['ed25519', 'p256'] as const)(
    'P4: agree on statement, predicate and signature (%s), in both directions',
    async (kind) => {
      const pair = keyPair(kind);
      const record = recordOfModel();
      const statement: Statement = statementOf(record);
      const bundle = JSON.parse(Buffer.from(await signed(statement, pair)).toString());
      const input = JSON.stringify({ bundle, publicKey: pemOf(pair) });
      const answer = JSON.parse(await runPython('provenance.py', input)) as Answer;
      const { buildDefinition, runDetails } = statement.predicate;
      expect(answer).toMatchObject({
        accepted: 1,
        subjects: ['heart-disease'],
        buildType: buildDefinition.buildType,
        builder: runDetails.builder.id,
        invocation: record.id,
        dependencies: buildDefinition.resolvedDependencies.length,
        byproducts: runDetails.byproducts?.length,
      });
      expect(Date.parse(answer.startedOn)).toBe(Date.parse(record.startedAt));

      const key = readPublicKey('python.pub', answer.publicKey);
      if (!key.ok) throw new Error(key.failure.message);
      const theirs = {
        ...bundle,
        dsseEnvelope: answer.envelope,
        verificationMaterial: { ...bundle.verificationMaterial, publicKey: { hint: key.value.id } },
      };
      const verification = await verifyModel({
        model: { bytes: modelBytes, file: 'model.onnx' },
        version: versionOf(record),
        record: recordFile(record),
        bundles: [stored(Buffer.from(JSON.stringify(theirs)))],
        trust: { keys: [key.value] },
      });
      expect(verification.verdict).toBe('pass');
    },
  );
});
