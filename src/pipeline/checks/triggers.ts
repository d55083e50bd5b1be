import type { FileFailure } from '../file-failures.ts';
import { mistake } from '../file-failures.ts';
import { shown } from '../shape-words.ts';
import type { Check } from './checking.ts';

interface Field {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly words?: readonly string[];
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** POSIX cron, as GitHub reads it. */
const fields: readonly Field[] = [
  { name: 'minute', low: 0, high: 59 },
  { name: 'hour', low: 0, high: 23 },
  { name: 'day of the month', low: 1, high: 31 },
  { name: 'month', low: 1, high: 12, words: months },
  { name: 'day of the week', low: 0, high: 6, words: days },
];

/** Times that cron does not know. */
export const checkTriggers: Check = ({ draft, places }) =>
  (draft.on?.schedule ?? []).flatMap((entry, i): readonly FileFailure[] => {
    const cron = entry?.cron;
    const problem = cron === undefined ? undefined : problemOf(cron);
    if (problem === undefined) return [];
    const remedy = 'write minute, hour, day of the month, month and day of the week in UTC: `17 3 * * *`';
    return [mistake('pipeline-cron', problem, places.place(['on', 'schedule', i, 'cron']), remedy)];
  });

function problemOf(cron: string): string | undefined {
  const parts = cron.trim().split(/\s+/);
  if (parts.length !== fields.length) return `${shown(cron)} has ${parts.length} of the five fields of cron`;
  for (const [i, field] of fields.entries()) {
    if (!parts[i]!.split(',').every((part) => fits(part, field))) {
      return `${shown(parts[i]!)} is no ${field.name} (${field.low} to ${field.high})`;
    }
  }
  return undefined;
}

function fits(part: string, field: Field): boolean {
  const match = /^(?:\*|([0-9A-Za-z]+)(?:-([0-9A-Za-z]+))?)(?:\/([0-9]+))?$/.exec(part);
  if (match === null) return false;
  const from = match[1] === undefined ? field.low : numberOf(match[1], field);
  const to = match[2] === undefined ? from : numberOf(match[2], field);
  const step = match[3] === undefined ? 1 : Number(match[3]);
  return from !== undefined && to !== undefined && from <= to && step >= 1;
}

function numberOf(text: string, { low, high, words }: Field): number | undefined {
  const word = words?.indexOf(text.toUpperCase()) ?? -1;
  const value = word >= 0 ? word + low : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= low && value <= high ? value : undefined;
}
