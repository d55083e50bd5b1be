import { describe, expect, it } from 'vitest';
import { verificationSentence, verifyModel } from '../../src/provenance/index.ts';
import {
  keyPair,
  modelBytes,
  recordFile,
  recordOfModel,
  signed,
  statementOf,
  stored,
  trustIn,
  versionOf,
} from './rig.ts';

describe('verifying a model', () => {
  it.each(['ed25519', 'p256'] as const)(
    'passes when every link holds, with a key of the kind %s',
    async (kind) => {
      const pair = keyPair(kind);
      const record = recordOfModel();
      const bundle = stored(await signed(statementOf(record), pair));
      const answer = await verifyModel({
        model: { bytes: modelBytes, file: 'model.onnx' },
        version: versionOf(record),
        record: recordFile(record),
        bundles: [bundle],
        trust: trustIn(pair),
      });
      expect(answer.checks.map((check) => [check.check, check.verdict])).toEqual(
        ['model', 'attestation', 'signature', 'subject', 'version', 'record', 'statement', 'code'].map(
          (name) => [name, 'pass'],
        ),
      );
      expect(verificationSentence(answer)).toContain('every link holds');
      expect(answer.verdict).toBe('pass');
    },
  );
});
