import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { RegistryFailure } from './failures.ts';
import { timeInvalid } from './failures.ts';

/** A day means its end in UTC; a time has to say its zone (`Z`, `+01:00`), since a registry has readers everywhere. */
export function parseMoment(text: string): Result<Date, RegistryFailure> {
  const match =
    /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,3})?)?)(Z|[+-][0-9]{2}:[0-9]{2}))?$/.exec(
      text,
    );
  if (match === null) return failed(timeInvalid(text));
  const [, day, time, zone] = match;
  const noon = new Date(`${day}T12:00:00Z`);
  // `Date` takes 31 February for a day in March.
  if (Number.isNaN(noon.getTime()) || !noon.toISOString().startsWith(day!)) return failed(timeInvalid(text));
  const moment = new Date(time === undefined ? `${day}T23:59:59.999Z` : `${day}T${time}${zone}`);
  return Number.isNaN(moment.getTime()) ? failed(timeInvalid(text)) : success(moment);
}
