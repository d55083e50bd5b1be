import { headerOf, readHeader, sectionsOf, withoutHeader } from './caller-sections.ts';
import { stateOf } from './check-callers.ts';
import type { InitFile } from './init-file.ts';

/**
 * A caller brought up to date: parts that are as they were written are written anew, parts that somebody edited stay.
 * One without the head that `init` writes was made by hand, and stays as it is.
 */
export function updatedCaller(text: string, fresh: string): Omit<InitFile, 'path'> {
  const header = readHeader(text);
  if (header === undefined) return { what: 'kept' };
  const here = sectionsOf(withoutHeader(text));
  const wanted = sectionsOf(withoutHeader(fresh));
  const held = new Map<string, string>();
  const sections = wanted.flatMap((section) => {
    const now = here.find(({ name }) => name === section.name);
    const then = header.digests.get(section.name);
    // Somebody took it away.
    if (now === undefined) return then === undefined ? [section] : [];
    const state = stateOf(now, section, then);
    if (state === 'both' && then !== undefined) held.set(section.name, then);
    return [state === 'same' || state === 'outdated' ? section : now];
  });
  const added = here.filter(({ name }) => !wanted.some((section) => section.name === name));
  const body = [...sections, ...added].map((section) => section.text.trim()).join('\n\n');
  const about = /^# (.*)$/m.exec(fresh)?.[1] ?? '';
  const made = `${headerOf(about, wanted, held)}${body}\n`;
  if (made === text) return { what: held.size > 0 ? 'edited' : 'same' };
  return { what: held.size > 0 ? 'edited' : 'updated', text: made };
}
