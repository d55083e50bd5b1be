import type { Header, Section } from './caller-sections.ts';
import { digestOfSection, headerOf, readHeader, sectionsOf, withoutHeader } from './caller-sections.ts';
import { isLeft, stateOf } from './check-callers.ts';
import type { InitFile } from './init-file.ts';

/**
 * A caller brought up to date: parts that are as they were written are written anew, parts that somebody edited stay, and
 * comments of others stay wherever they are. The pin moves in any case. One without the head that `init` writes was made
 * by hand, and stays as it is.
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
    // Somebody took it away: that is theirs to do, but for what keeps a token from jobs without permissions of their own.
    if (now === undefined) return then === undefined || section.name === 'permissions' ? [section] : [];
    const state = stateOf(now, section, then);
    const renewed = state === 'outdated' ? withComments(now, section) : undefined;
    if ((state === 'both' || (state === 'outdated' && renewed === undefined)) && then !== undefined)
      held.set(section.name, then);
    return [renewed ?? { ...now, text: withPin(now.text, section.text) }];
  });
  const added = here.filter((section) => isOfOthers(section, wanted, header));
  const all = [...sections, ...added];
  const about = /^# (.*)$/m.exec(fresh)?.[1] ?? '';
  const isSame =
    all.length === here.length && all.every((section, i) => section.text.trim() === here[i]!.text.trim());
  const made = `${headerOf(about, wanted, held)}${all.map((section) => section.text.trim()).join('\n\n')}\n`;
  // Where no part changes, not even its blank lines do.
  const isOld = !isSame || digestLine(made) !== digestLine(text);
  if (!isOld || made === text) return { what: held.size > 0 ? 'edited' : 'same' };
  return { what: held.size > 0 ? 'edited' : 'updated', text: made };
}

function isOfOthers(section: Section, wanted: readonly Section[], header: Header): boolean {
  return !wanted.some(({ name }) => name === section.name) && !isLeft(section, header);
}

function digestLine(text: string): string | undefined {
  return /^# trainyard template=.*$/m.exec(text)?.[0];
}

/** A fresh part below the comments that stood above the old one; `undefined` where others stand inside of it. */
function withComments(now: Section, fresh: Section): Section | undefined {
  const lines = now.text.split('\n');
  const key = lines.findIndex((line) => line.trim() !== '' && !/^\s*#/.test(line));
  if (lines.slice(key).some((line) => /^\s*#/.test(line) && !fresh.text.includes(line.trim())))
    return undefined;
  return { ...fresh, text: [...lines.slice(0, key), fresh.text.trimStart()].join('\n') };
}

/** A part with the commit that a fresh one names, of workflows of the same repository. */
function withPin(now: string, fresh: string): string {
  const pin = /(\S+\/\.github\/workflows\/)[\w-]+\.yml@([0-9a-f]{40}) # (\S+)/.exec(fresh);
  if (pin === null) return now;
  const [, folder, commit, version] = pin as unknown as [string, string, string, string];
  const quoted = folder.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const uses = new RegExp(`(["']?)(${quoted}[\\w-]+\\.yml)@[^\\s"'#]+\\1([ \\t]*#[ \\t]*v?\\d\\S*)?`, 'g');
  return now.replace(
    uses,
    (_, quote: string, workflow: string) => `${quote}${workflow}@${commit}${quote} # ${version}`,
  );
}

/** A caller with the triggers of another, and nothing else changed; `undefined` where they are the same or were edited. */
export function withTriggers(text: string, fresh: string): string | undefined {
  const header = readHeader(text);
  const now = sectionsOf(text).find(({ name }) => name === 'on');
  const wanted = sectionsOf(fresh).find(({ name }) => name === 'on');
  const then = header?.digests.get('on');
  if (now === undefined || wanted === undefined || then === undefined) return undefined;
  if (stateOf(now, wanted, then) !== 'outdated') return undefined;
  const renewed = withComments(now, wanted);
  if (renewed === undefined) return undefined;
  return text.replace(now.text, () => renewed.text).replace(` on=${then}`, ` on=${digestOfSection(wanted)}`);
}
