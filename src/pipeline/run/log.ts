import type { Mask } from './mask.ts';

/** What a step said, as it is kept. */
export interface StepLog {
  /** Adds a line that is masked already. */
  add(line: string): void;
  text(): string;
}

/** More than people read; a step that writes more keeps its beginning. */
const limit = 16 * 1024 * 1024;

export function openLog(): StepLog {
  const lines: string[] = [];
  let length = 0;
  let full = false;
  return {
    add: (line) => {
      if (full) return;
      length += line.length + 1;
      full = length > limit;
      lines.push(full ? '… (the rest of the log is left out)' : line);
    },
    text: () => lines.map((line) => `${line}\n`).join(''),
  };
}

/** Every text inside of a value, masked. */
export function maskDeep<T>(value: T, mask: Mask): T {
  if (typeof value === 'string') return mask.hide(value) as T;
  if (Array.isArray(value)) return value.map((item) => maskDeep(item as unknown, mask)) as T;
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, maskDeep(member, mask)])) as T;
}
