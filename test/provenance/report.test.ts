import { describe, expect, it } from 'vitest';
import type { Verification } from '../../src/provenance/index.ts';
import { verifyModel } from '../../src/provenance/index.ts';
import { plainCanvas, verificationMarkdown, verificationText } from '../../src/report/index.ts';
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

async function verification(more: Partial<Parameters<typeof verifyModel>[0]> = {}): Promise<Verification> {
  return await verifyModel({
    model: { bytes: modelBytes, file: 'model.onnx' },
    version: versionOf(record),
    record: recordFile(record),
    bundles: [stored(await signed(statementOf(record), pair))],
    trust: trustIn(pair),
    ...more,
  });
}

/** Without the digests that differ from run to run. */
function steady(text: string): string {
  return text
    .replaceAll(/sha256:[0-9a-f]{12}(?![0-9a-f])/g, 'sha256:…')
    .replaceAll(/attestation [0-9a-f]{12}/g, 'attestation …');
}

describe('what models verify prints', () => {
  it('names every link', async () => {
    expect(steady(verificationText(await verification(), plainCanvas()))).toMatchInlineSnapshot(`
      "✓ pass  heart-disease  sha256:f690f3a7fbe286e7870754f181edc9872c0737c7aa031978dd1f33d1afa02cd5

        ✓ model: model.onnx is what heart-disease@v1.4.0 names
        ✓ attestation: attestation … can be read
        ✓ signature: signed by the key sha256:…
        ✓ subject: the statement is about "heart-disease", by this digest, and about nothing else
        ✓ version: the tag heart-disease@v1.4.0 names the same model, run and record
        ✓ record: runs/heart-disease/2026/11/21/20261121-031500-1f4a9c1e.json is the record that was signed
        ✓ statement: model, pipeline, parameters, commit, data, contracts and artifacts are those of the record
        ✓ code: the run was of commit aaaaaaa, without other changes
      "
    `);
  });

  it('names the place of what does not fit, in text and in Markdown', async () => {
    const changed = { ...record, params: { ...record.params, trees: 300 } };
    const answer = await verification({ record: recordFile(changed) });
    expect(steady(verificationText(answer, plainCanvas()))).toMatchInlineSnapshot(`
      "✗ fail  heart-disease  sha256:f690f3a7fbe286e7870754f181edc9872c0737c7aa031978dd1f33d1afa02cd5

        ✓ model: model.onnx is what heart-disease@v1.4.0 names
        ✓ attestation: attestation … can be read
        ✓ signature: signed by the key sha256:…
        ✓ subject: the statement is about "heart-disease", by this digest, and about nothing else
        ✓ version: the tag heart-disease@v1.4.0 names the same model, run and record
        ✗ record: runs/heart-disease/2026/11/21/20261121-031500-1f4a9c1e.json is not what was signed: it says 300
          where 200 was signed (predicate.buildDefinition.externalParameters.params.trees)
          in runs/heart-disease/2026/11/21/20261121-031500-1f4a9c1e.json,
          predicate.buildDefinition.externalParameters.params.trees
          expected sha256:a41b174241c5c78085251949c9f2081844ac0ee4a41d0396a73fa0415bf8fc20
          found    sha256:10e35513bfb6ef82e94dd82ba29d2abdf9b6a457de8400560c08cd6a44e42dfb
        ? statement: the record that was signed is not at hand
        ? code: the record that was signed is not at hand
      "
    `);
    expect(verificationMarkdown(answer)).toContain(
      'predicate.buildDefinition.externalParameters.params.trees',
    );
  });

  it('lets the text of others do nothing', async () => {
    const name = 'heart\u001b[2J\u202e<img src=x>|`';
    const answer = await verification({
      version: versionOf(record, { tag: `${name}@v1.0.0`, model: name }),
      bundles: [stored(await signed(statementOf(record, `x${name}`), pair))],
    });
    expect(answer.digest).toBe(modelDigest);
    for (const text of [verificationText(answer, plainCanvas()), verificationMarkdown(answer)]) {
      expect([text.includes('\u001b'), text.includes('\u202e')]).toEqual([false, false]);
    }
    expect(verificationMarkdown(answer)).not.toContain('<img');
  });
});
