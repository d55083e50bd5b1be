/** Milliseconds since 1970, the end excluded. */
export interface TimeSpan {
  readonly from: number;
  readonly until: number;
}

const minute = 60_000;

/**
 * A date as the whole time that it names: `2026-03-01` is the day in UTC, so `> 2026-03-01` begins on the 2nd. A year, a
 * month, a minute, a second and a millisecond go the same way. `undefined` for what is no date.
 */
export function timeSpan(text: string): TimeSpan | undefined {
  const calendar = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text);
  if (calendar !== null) {
    const [year, month, day] = calendar
      .slice(1)
      .map((part) => (part === undefined ? undefined : Number(part)));
    const from = Date.UTC(year!, (month ?? 1) - 1, day ?? 1);
    const date = new Date(from);
    const isReal = date.getUTCMonth() === (month ?? 1) - 1 && date.getUTCDate() === (day ?? 1);
    if (!isReal) return undefined;
    if (day !== undefined) return { from, until: Date.UTC(year!, month! - 1, day + 1) };
    return { from, until: month === undefined ? Date.UTC(year! + 1, 0) : Date.UTC(year!, month) };
  }
  const clock = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?$/.exec(text);
  if (clock === null) return undefined;
  const from = Date.parse(clock[3] === undefined ? `${text}Z` : text);
  if (Number.isNaN(from)) return undefined;
  const length = clock[1] === undefined ? minute : clock[2] === undefined ? 1000 : 1;
  return { from, until: from + length };
}
