import { canonicalJson, digestOfBytes } from '../../base/index.ts';
import type { Statement } from '../attestation.ts';
import { attestationName } from '../attestation-path.ts';
import { mostBytesOfRecord, readBoundedJson } from '../bounded-json.ts';
import { shownValue } from '../bundle.ts';
import type { RecordAtHand } from '../question.ts';
import type { VerificationCheck } from '../verification.ts';
import { breaks, holds, placeIn, unknown } from './check.ts';
import { recordDifference } from './statement.ts';

export interface SignedRecord {
  readonly path: string;
  /** In hexadecimal digits. */
  readonly digest: string;
}

/** The record that a statement names: the first byproduct. */
export function signedRecord(statement: Statement): SignedRecord | undefined {
  const first = statement.predicate.runDetails.byproducts?.[0];
  const digest = first?.digest?.['sha256'];
  return first?.name === undefined || digest === undefined ? undefined : { path: first.name, digest };
}

/** The bytes of the record on the runs branch against the digest that was signed. */
export function checkRecord(
  statement: Statement,
  path: string,
  atHand: RecordAtHand | undefined,
): VerificationCheck {
  const signed = signedRecord(statement);
  if (signed === undefined) {
    const field = 'predicate.runDetails.byproducts[0]';
    return breaks('record', `${attestationName(path)} names no run record`, { file: path, field });
  }
  const expected = `sha256:${signed.digest}`;
  if (atHand === undefined) {
    return unknown('record', `the run record ${shownValue(signed.path)} is not at hand`);
  }
  const file = atHand.path;
  const json = readBoundedJson(atHand.bytes, mostBytesOfRecord);
  if (!json.ok) return breaks('record', `${file} was changed: ${json.problem}`, { file });
  const canonical = canonicalJson(json.value);
  const found = digestOfBytes(canonical);
  if (found !== expected) {
    // Nothing in a changed record is believed; where it differs from what was signed helps to find the change.
    const different = recordDifference(statement, atHand.record);
    const where =
      different === undefined
        ? `: its digest is ${found}`
        : `: it says ${shownValue(different.expected)} where ${shownValue(different.found)} was signed (${different.field})`;
    const because = `${file} is not what was signed${where}`;
    return breaks('record', because, { ...placeIn(file, different?.field), expected, found });
  }
  if (!Buffer.from(`${canonical}\n`).equals(atHand.bytes)) {
    return breaks('record', `${file} was changed: it is not spelled as records are`, { file });
  }
  if (file !== signed.path) {
    const because = `the record that was signed is ${shownValue(signed.path)}, and not ${file}`;
    return breaks('record', because, { file, expected: shownValue(signed.path), found: file });
  }
  return holds('record', `${file} is the record that was signed`);
}
