import type { RunRecord } from '../../runs/index.ts';
import type { Statement } from '../attestation.ts';
import { attestationName } from '../attestation-path.ts';
import type { BuilderClaim } from '../builder.ts';
import { buildType } from '../builder.ts';
import { shownValue } from '../bundle.ts';
import type { Difference } from '../compare.ts';
import { firstDifference } from '../compare.ts';
import { makeStatement } from '../statement.ts';
import type { VerificationCheck } from '../verification.ts';
import { breaks, holds, unknown } from './check.ts';

/** Every field of the statement against the record, once the record is known to be the one that was signed. */
export function checkStatement(
  statement: Statement,
  path: string,
  record: RunRecord | undefined,
): VerificationCheck {
  const found = statement.predicate.buildDefinition.buildType;
  if (found !== buildType) {
    const because = `${attestationName(path)} describes a build of another kind, ${shownValue(found)}`;
    const field = 'predicate.buildDefinition.buildType';
    return breaks('statement', because, { file: path, field, expected: buildType, found: shownValue(found) });
  }
  if (record?.model === undefined) return unknown('statement', 'the run record names no model');
  const different = recordDifference(statement, record);
  if (different === undefined) {
    return holds(
      'statement',
      'model, pipeline, parameters, commit, data, contracts and artifacts are those of the record',
    );
  }
  const { field } = different;
  const [expected, said] = [shownValue(different.expected), shownValue(different.found)];
  const because = `${attestationName(path)} says ${said} in ${field}, and the record ${record.id} says ${expected}`;
  return breaks('statement', because, { file: path, field, expected, found: said });
}

/**
 * Makes the statement again from a record, with what only the signer could know taken over, and compares all of it.
 * `undefined` also when the record is none that a statement can be made of.
 */
export function recordDifference(
  statement: Statement,
  record: RunRecord | undefined,
): Difference | undefined {
  const subject = statement.subject[0];
  if (record?.model === undefined || subject === undefined) return undefined;
  const model = { name: subject.name, digest: record.model.digest };
  const again = makeStatement({ record, model, builder: claimOf(statement) });
  return firstDifference(again, statement);
}

function claimOf({ predicate }: Statement): BuilderClaim {
  const { resolvedDependencies, internalParameters } = predicate.buildDefinition;
  const source = resolvedDependencies?.find((dependency) => dependency.name === 'source')?.uri;
  const job = internalParameters?.['job'];
  return {
    id: predicate.runDetails.builder.id,
    ...(source === undefined ? {} : { source }),
    ...(typeof job === 'string' ? { job } : {}),
  };
}

/** The run was of a commit that can be checked out again. */
export function checkCode(record: RunRecord | undefined): VerificationCheck {
  const commit = record?.code?.commit;
  if (record === undefined || commit === undefined || commit === null) {
    return unknown('code', 'the run was of no commit, so nobody can see its code again');
  }
  if (record.code?.dirty === true) {
    const because = `the run was of commit ${commit.slice(0, 7)} with changes that no commit holds`;
    return unknown('code', because);
  }
  return holds('code', `the run was of commit ${commit.slice(0, 7)}, without other changes`);
}
