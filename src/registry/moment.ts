import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { RegistryFailure } from './failures.ts';
import { timeInvalid } from './failures.ts';
import { momentOf } from './moment-text.ts';

/** A day means its end in UTC; a time has to say its zone (`Z`, `+01:00`), since a registry has readers everywhere. */
export function parseMoment(text: string): Result<Date, RegistryFailure> {
  const moment = momentOf(text);
  return moment === undefined ? failed(timeInvalid(text)) : success(moment);
}
