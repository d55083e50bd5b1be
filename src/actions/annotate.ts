import { join } from 'node:path';
import type { Failure, Place } from '../base/index.ts';
import { visible } from '../report/index.ts';
import type { Annotation } from './action.ts';

/** GitHub shows no more of one step, and says nothing of the others. */
export const annotationsAtMost = 10;

/** A failure at its place; `project` is the folder of the project, as a path from the root of the repository. */
export function annotationOf(failure: Failure, project: string): Annotation {
  const { code, kind, message, remedy, place } = failure;
  return {
    level: kind === 'input' || kind === 'verdict' || kind === 'world' ? 'error' : 'warning',
    title: code,
    message: remedy === undefined ? sentence(message) : `${sentence(message)} ${sentence(remedy)}`,
    ...(place === undefined ? {} : { place: inRepository(place, project) }),
  };
}

/** Rooms write with and without a full stop. */
function sentence(text: string): string {
  return /[.!?]$/.test(text.trimEnd()) ? text.trimEnd() : `${text.trimEnd()}.`;
}

function inRepository(place: Place, project: string): Place {
  return { ...place, file: join(project, place.file).replaceAll('\\', '/') };
}

/** As many as GitHub shows, the worst first; the last one says how many there are more. */
export function shownAnnotations(all: readonly Annotation[]): readonly Annotation[] {
  const ranks = { error: 0, warning: 1, notice: 2 };
  const sorted = [...all].sort((a, b) => ranks[a.level] - ranks[b.level]).map(harmless);
  if (sorted.length <= annotationsAtMost) return sorted;
  const more = sorted.length - annotationsAtMost + 1;
  const last = {
    level: sorted[annotationsAtMost - 1]!.level,
    title: `${more} more`,
    message: 'They are in the log and in the summary of this job.',
  };
  return [...sorted.slice(0, annotationsAtMost - 1), last];
}

/** Characters that cannot be seen would say something else than is read. */
function harmless(annotation: Annotation): Annotation {
  return {
    ...annotation,
    title: visible(annotation.title).slice(0, 255),
    message: annotation.message.split('\n').map(visible).join('\n').slice(0, 4000),
  };
}
