import type { CheckedLink, VerificationCheck } from '../verification.ts';

type Place = NonNullable<VerificationCheck['place']>;

export function holds(check: CheckedLink, because: string): VerificationCheck {
  return { check, verdict: 'pass', because };
}

export function breaks(check: CheckedLink, because: string, place: Place): VerificationCheck {
  return { check, verdict: 'fail', because, place };
}

export function unknown(check: CheckedLink, because: string): VerificationCheck {
  return { check, verdict: 'inconclusive', because };
}

/** A place with a field, where one is known. */
export function placeIn(file: string, field: string | undefined): Place {
  return field === undefined ? { file } : { file, field };
}
