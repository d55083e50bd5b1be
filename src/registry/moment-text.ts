/** A moment as `--at` takes it: a day (its end in UTC) or a time with its zone; `undefined` for any other text. */
export function momentOf(text: string): Date | undefined {
  const match =
    /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,3})?)?)(Z|[+-][0-9]{2}:[0-9]{2}))?$/.exec(
      text,
    );
  if (match === null) return undefined;
  const [, day, time, zone] = match;
  const noon = new Date(`${day}T12:00:00Z`);
  // `Date` takes 31 February for a day in March.
  if (Number.isNaN(noon.getTime()) || !noon.toISOString().startsWith(day!)) return undefined;
  const moment = new Date(time === undefined ? `${day}T23:59:59.999Z` : `${day}T${time}${zone}`);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}
