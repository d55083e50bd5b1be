import { digestOfBytes } from '../../base/index.ts';

/** Raised when the callers that `trainyard init` writes change in a way that old ones should follow. */
export const templateVersion = 1;

/** A top-level key of a workflow with everything below it, and where it begins. */
export interface Section {
  readonly name: string;
  /** With the comments above it. */
  readonly text: string;
  /** Of its key, from 1. */
  readonly line: number;
}

/** What the head of a caller says that it was when it was written. */
export interface Header {
  readonly template: number;
  /** First digits of the digest of each section. */
  readonly digests: ReadonlyMap<string, string>;
}

const written =
  '# Written by `trainyard init`. Change what you like: `trainyard check` says what is out of date.';

/** `held` are digests of sections that somebody edited: of them it is still said what they were. */
export function headerOf(
  about: string,
  sections: readonly Section[],
  held: ReadonlyMap<string, string> = new Map(),
): string {
  const digests = sections
    .map((section) => `${section.name}=${held.get(section.name) ?? digestOfSection(section)}`)
    .join(' ');
  return `# ${about}\n${written}\n# trainyard template=${templateVersion} ${digests}\n`;
}

export function readHeader(text: string): Header | undefined {
  const line = /^# trainyard template=(\d+)((?: [\w-]+=[0-9a-f]{8})+)\s*$/m.exec(text);
  if (line === null) return undefined;
  const digests = line[2]!
    .trim()
    .split(' ')
    .map((pair) => pair.split('=') as [string, string]);
  return { template: Number(line[1]), digests: new Map(digests) };
}

export function sectionsOf(text: string): readonly Section[] {
  const sections: { name: string; line: number; lines: string[] }[] = [];
  let above: string[] = [];
  text.split('\n').forEach((line, i) => {
    const key = /^["']?([\w-]+)["']?\s*:/.exec(line)?.[1];
    if (key !== undefined) {
      sections.push({ name: key, line: i + 1, lines: [...above, line] });
      above = [];
    } else if (/^\s*(#|$)/.test(line) && !/^\s+#/.test(line)) above.push(line);
    else {
      sections.at(-1)?.lines.push(...above, line);
      above = [];
    }
  });
  // Comments at the end stay with what they follow.
  if (above.some((line) => line.trim() !== '')) sections.at(-1)?.lines.push(...above);
  return sections.map(({ lines, ...section }) => ({ ...section, text: lines.join('\n') }));
}

/** Pins move without that anybody edits, and white space at ends says nothing. */
export function digestOfSection({ text }: Pick<Section, 'text'>): string {
  const plain = text
    .replace(/(\.ya?ml)@[^\s"'#]+([ \t]*#[^\n]*)?/g, '$1@pin')
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .map((line) => line.trimEnd())
    .join('\n');
  return digestOfBytes(plain).slice('sha256:'.length, 'sha256:'.length + 8);
}

/** The text below the head, with what somebody else wrote above or between its lines. */
export function withoutHeader(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => /^# trainyard template=/.test(line));
  if (end < 0) return text;
  const ours = lines.lastIndexOf(written, end);
  // The line above says what the workflow is for.
  const others = lines.slice(0, end).filter((_, i) => i !== ours && i !== ours - 1);
  return [...(ours < 0 ? lines.slice(0, end) : others), ...lines.slice(end + 1)].join('\n');
}
