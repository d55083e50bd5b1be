import type { Statement } from '../attestation.ts';
import { attestationName } from '../attestation-path.ts';
import { shownValue } from '../bundle.ts';
import type { RecordAtHand, RegisteredVersion } from '../question.ts';
import { hexOf, recordDigest } from '../statement.ts';
import type { VerificationCheck } from '../verification.ts';
import { breaks, holds, unknown } from './check.ts';
import { signedRecord } from './record.ts';

/** What the tag of a version says against the run record, where no signature can tell which of them is right. */
export function checkAgainstRecord(
  version: RegisteredVersion,
  atHand: RecordAtHand | undefined,
): VerificationCheck {
  const record = atHand?.record;
  if (atHand === undefined || record === undefined) {
    return unknown('version', `the record of run ${version.run}, which ${version.tag} names, cannot be read`);
  }
  const links: readonly (readonly [string, string, string | undefined])[] = [
    ['digest', version.digest, record.model?.digest],
    ['run', version.run, record.id],
    ['pipeline', version.pipeline, record.pipeline],
    ['record', version.record, recordDigest(record)],
  ];
  for (const [field, found, recorded] of links) {
    if (found === recorded) continue;
    const because = `the tag ${version.tag} and ${atHand.path} contradict each other: ${field} is ${shownValue(found)} and ${shownValue(recorded)}`;
    return breaks('version', because, { file: version.tag, field, expected: shownValue(recorded), found });
  }
  return holds('version', `the tag ${version.tag} names this record, which nobody has signed`);
}

/** What the tag of a version says against what was signed. */
export function checkVersion(
  statement: Statement,
  path: string,
  version: RegisteredVersion,
): VerificationCheck {
  const { buildDefinition, runDetails } = statement.predicate;
  const links: readonly (readonly [string, string, unknown])[] = [
    ['digest', hexOf(version.digest), statement.subject[0]?.digest.sha256],
    ['run', version.run, runDetails.metadata?.invocationId],
    ['pipeline', version.pipeline, buildDefinition.externalParameters['pipeline']],
    ['record', hexOf(version.record), signedRecord(statement)?.digest],
  ];
  for (const [field, found, signed] of links) {
    if (found === signed) continue;
    const because = `the tag ${version.tag} says ${field} ${shownValue(found)}, and ${shownValue(signed)} was signed in ${attestationName(path)}`;
    return breaks('version', because, { file: version.tag, field, expected: shownValue(signed), found });
  }
  return holds('version', `the tag ${version.tag} names the same model, run and record`);
}
