import type { Digest } from '../../base/index.ts';
import type { Statement } from '../attestation.ts';
import { attestationName } from '../attestation-path.ts';
import { shownValue } from '../bundle.ts';
import { hexOf } from '../statement.ts';
import type { VerificationCheck } from '../verification.ts';
import { breaks, holds } from './check.ts';

/** The statement is about this model, and about nothing else that it could be mistaken for. */
export function checkSubject(
  { subject }: Statement,
  path: string,
  model: { readonly digest: Digest; readonly name: string | undefined },
): VerificationCheck {
  const only = subject[0];
  if (only === undefined || subject.length !== 1) {
    const because = `${attestationName(path)} speaks of ${subject.length} things, and must speak of one model`;
    return breaks('subject', because, {
      file: path,
      field: 'subject',
      expected: '1',
      found: String(subject.length),
    });
  }
  const { name, digest } = only;
  if (digest.sha256 !== hexOf(model.digest)) {
    const found = shownValue(digest.sha256);
    return breaks('subject', `${attestationName(path)} speaks of another model: its sha256 is ${found}`, {
      file: path,
      field: 'subject[0].digest.sha256',
      expected: hexOf(model.digest),
      found,
    });
  }
  if (model.name !== undefined && name !== model.name) {
    const found = shownValue(name);
    return breaks('subject', `${attestationName(path)} calls the model ${found}, and it is ${model.name}`, {
      file: path,
      field: 'subject[0].name',
      expected: model.name,
      found,
    });
  }
  return holds(
    'subject',
    `the statement is about ${shownValue(name)}, by this digest, and about nothing else`,
  );
}
