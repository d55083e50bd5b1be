import type { Statement } from '../attestation.ts';
import { shownValue } from '../bundle.ts';
import type { RegisteredVersion } from '../question.ts';
import { hexOf } from '../statement.ts';
import type { VerificationCheck } from '../verification.ts';
import { breaks, holds } from './check.ts';
import { signedRecord } from './record.ts';

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
    const because = `the tag ${version.tag} says ${field} ${shownValue(found)}, and ${shownValue(signed)} was signed in ${path}`;
    return breaks('version', because, { file: version.tag, field, expected: shownValue(signed), found });
  }
  return holds('version', `the tag ${version.tag} names the same model, run and record`);
}
