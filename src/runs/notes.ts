import type { Result } from '../base/index.ts';
import { canonicalJson, failed, success } from '../base/index.ts';
import type { RunsFailure } from './failures.ts';
import { noteInvalid } from './failures.ts';
import type { RunId } from './record.ts';
import { isRunId } from './run-id.ts';

/**
 * What a person says of a run afterwards: one small file each, which never changes. That of many writers nothing is lost
 * needs no order and no clock: a tag is there as long as one of its files is named by no `untag`.
 */
export interface NoteEntry {
  /** Version of this format. */
  readonly version: 1;
  readonly run: RunId;
  readonly kind: 'tag' | 'untag' | 'note';
  /** The tag, or the text of the note. */
  readonly text: string;
  /** Of `untag`: names of the files that it takes back. */
  readonly removes?: readonly string[];
  /** Who wrote it, as the environment tells; the commit has its author. */
  readonly by?: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What is said of a run now. */
export interface RunNotes {
  /** Sorted. */
  readonly tags: readonly string[];
  /** From old to new. */
  readonly notes: readonly RunNote[];
}

export interface RunNote {
  readonly text: string;
  readonly by?: string;
  readonly at: string;
}

export const noNotes: RunNotes = { tags: [], notes: [] };

/** `notes/heart-disease/2026/11/21/20261121-031500-1f4a9c1e/20261122-090000-123-8c1f00aa.json` */
export function notePath(
  pipeline: string,
  run: RunId,
  entry: { readonly at: Date; readonly random: string },
): string {
  const time = entry.at.toISOString().replaceAll(/[-:Z]/g, '').replace('T', '-').replace('.', '-');
  return `${notesFolder(pipeline, run)}/${time}-${entry.random}.json`;
}

export function notesFolder(pipeline: string, run: RunId): string {
  return `notes/${pipeline}/${run.slice(0, 4)}/${run.slice(4, 6)}/${run.slice(6, 8)}/${run}`;
}

/** Which run the file of a note speaks of, and its own name; `undefined` for a file that is no note. */
export function noteOfPath(
  path: string,
): { readonly pipeline: string; readonly run: RunId; readonly name: string } | undefined {
  const parts =
    /^notes\/([^/]+)\/(\d{4})\/(\d{2})\/(\d{2})\/([^/]+)\/(\d{8}-\d{6}-\d{3}-[0-9a-f]{8})\.json$/.exec(path);
  if (parts === null || !isRunId(parts[5]!)) return undefined;
  if (!parts[5].startsWith(`${parts[2]}${parts[3]}${parts[4]}-`)) return undefined;
  return { pipeline: parts[1]!, run: parts[5], name: parts[6]! };
}

export function encodeNote(entry: NoteEntry): string {
  return `${canonicalJson({ ...entry } as Parameters<typeof canonicalJson>[0])}\n`;
}

/** The entry in the bytes of a file; a sentence about what is wrong with them otherwise. */
export function decodeNote(bytes: Uint8Array, run: RunId): NoteEntry | string {
  let value: Partial<Record<keyof NoteEntry, unknown>> | null;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return 'it is not JSON in UTF-8';
  }
  if (typeof value !== 'object' || value === null) return 'it is not a JSON object';
  const { version, kind, text, removes, by, at } = value;
  if (version !== 1) return `it is of version ${JSON.stringify(version) ?? 'none'}, and 1 is what is read`;
  if (value.run !== run) return `it speaks of another run, ${String(value.run).slice(0, 40)}`;
  if (kind !== 'tag' && kind !== 'untag' && kind !== 'note') return '"kind" is not tag, untag or note';
  if (typeof text !== 'string' || (kind === 'tag' && !isTag(text))) return `"text" is no ${kind}`;
  if (typeof at !== 'string' || Number.isNaN(Date.parse(at))) return '"at" is no time';
  const areNames = Array.isArray(removes) && removes.every((name) => typeof name === 'string');
  if (removes !== undefined && !areNames) return '"removes" does not name files';
  return {
    version: 1,
    run,
    kind,
    text,
    ...(areNames ? { removes: removes as readonly string[] } : {}),
    ...(typeof by === 'string' ? { by } : {}),
    at,
  };
}

/** A word: letters, digits, `.`, `_`, `-` and `/`. */
export function isTag(text: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N}._/-]{0,63}$/u.test(text);
}

/** The text as a tag or a note, or why it cannot be one. */
export function checkNoteText(kind: NoteEntry['kind'], text: string): Result<string, RunsFailure> {
  const trimmed = text.trim();
  if (kind === 'note') {
    const fits = trimmed !== '' && trimmed.length <= 10_000;
    return fits
      ? success(trimmed)
      : failed(noteInvalid('A note has 1 to 10,000 characters', 'Write it in a few sentences.'));
  }
  if (isTag(trimmed)) return success(trimmed);
  return failed(
    noteInvalid(
      `"${trimmed.slice(0, 80)}" cannot be a tag`,
      'A tag is a word of up to 64 letters, digits, ".", "_", "-" and "/"; longer texts are notes: "trainyard runs note".',
    ),
  );
}

/** Entries with the names of their files, of one run, in any order. */
export function foldNotes(
  entries: readonly { readonly name: string; readonly entry: NoteEntry }[],
): RunNotes {
  const removed = new Set(
    entries.flatMap(({ entry }) => (entry.kind === 'untag' ? (entry.removes ?? []) : [])),
  );
  const tags = entries.filter(({ name, entry }) => entry.kind === 'tag' && !removed.has(name));
  const notes = entries
    .filter(({ entry }) => entry.kind === 'note')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ entry: { text, by, at } }) => ({ text, at, ...(by === undefined ? {} : { by }) }));
  return { tags: [...new Set(tags.map(({ entry }) => entry.text))].sort(), notes };
}
