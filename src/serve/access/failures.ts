import type { Failure, Place } from '../../base/index.ts';

export type AccessFailure = Failure<'serve-access-file'>;

export function accessFileInvalid(place: Place, message: string): AccessFailure {
  return {
    code: 'serve-access-file',
    kind: 'input',
    message,
    remedy: 'The format of the access file is in docs/serving.md.',
    place,
  };
}
