import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { RunsFailure } from './failures.ts';
import { tagAbsent } from './failures.ts';
import type { NoteEntry } from './notes.ts';
import { checkNoteText, encodeNote, notePath } from './notes.ts';
import type { RunId } from './record.ts';
import type { RunIndex } from './run-index/run-index.ts';
import type { Shelf, WrittenRun } from './shelf.ts';

export interface Annotation {
  readonly pipeline: string;
  readonly run: RunId;
  readonly kind: NoteEntry['kind'];
  readonly text: string;
  readonly by?: string;
  readonly at: Date;
  /** 8 hexadecimal digits that nobody else has. */
  readonly random: string;
  /** Says what would be written, and writes nothing. */
  readonly dryRun?: boolean;
}

export interface Annotated {
  readonly path: string;
  readonly entry: NoteEntry;
  /** Absent when it was a dry run, or when the tag was there already. */
  readonly written?: WrittenRun;
}

export async function annotate(
  shelf: Shelf,
  ask: <T>(question: (index: RunIndex) => T) => Promise<Result<T, RunsFailure>>,
  annotation: Annotation,
): Promise<Result<Annotated, RunsFailure>> {
  const { run, kind, pipeline, by, at } = annotation;
  const text = checkNoteText(kind, annotation.text);
  if (!text.ok) return text;
  const state = await ask((index) => ({
    tags: index.notes(run).tags,
    files: index.filesOfTag(run, text.value),
  }));
  if (!state.ok) return state;
  if (kind === 'untag' && state.value.files.length === 0) {
    return failed(tagAbsent(run, text.value, state.value.tags));
  }
  const entry: NoteEntry = {
    version: 1,
    run,
    kind,
    text: text.value,
    ...(kind === 'untag' ? { removes: state.value.files } : {}),
    ...(by === undefined ? {} : { by }),
    at: at.toISOString(),
  };
  const path = notePath(pipeline, run, annotation);
  const isThere = kind === 'tag' && state.value.files.length > 0;
  if (annotation.dryRun === true || isThere) return success({ path, entry });
  const message = `${pipeline}: ${kind} of ${run}`;
  const written = await shelf.write(path, encodeNote(entry), { message, time: at });
  return written.ok ? success({ path, entry, written: written.value }) : written;
}
