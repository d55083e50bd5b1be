import { parse } from 'yaml';
import type { Json, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { ReportFailure } from './failures.ts';
import { notesInvalid } from './failures.ts';

/** What the owner of a pipeline wrote for every version of its model: `model-card.md` beside the pipeline file. */
export interface OwnerNotes {
  /** Metadata of Hugging Face: a licence, languages, tags. What Trainyard measured is not taken from here. */
  readonly metadata: Readonly<Record<string, Json>>;
  /** What stands before the first heading. */
  readonly opening: string;
  /** By heading of the second level. */
  readonly sections: readonly { readonly heading: string; readonly text: string }[];
}

const largest = 200_000;

/** Markdown with, if wanted, YAML between lines of `---` in front. The text is the owner's and stays as it is. */
export function readOwnerNotes(file: string, text: string): Result<OwnerNotes, ReportFailure> {
  if (text.length > largest) return failed(notesInvalid(file, `it has more than ${largest} characters`));
  const source = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const front = /^---\n([\s\S]*?)\n?---[ \t]*(?:\n|$)/.exec(source);
  const metadata = front === null ? success({}) : readMetadata(file, front[1]!);
  if (!metadata.ok) return metadata;
  const body = front === null ? source : source.slice(front[0].length);
  return success({ metadata: metadata.value, ...sectionsOf(body) });
}

function readMetadata(file: string, text: string): Result<OwnerNotes['metadata'], ReportFailure> {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0 }) ?? {};
  } catch (error) {
    const problem = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    return failed(notesInvalid(file, `what stands between the lines of --- is no YAML: ${problem}`));
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? success(JSON.parse(JSON.stringify(value)) as OwnerNotes['metadata'])
    : failed(notesInvalid(file, 'what stands between the lines of --- is no map of names and values'));
}

function sectionsOf(body: string): Pick<OwnerNotes, 'opening' | 'sections'> {
  const sections: { heading: string; lines: string[] }[] = [];
  const opening: string[] = [];
  let fence: string | undefined;
  for (const line of body.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined) {
      if (fence === undefined) fence = mark;
      else if (mark.startsWith(fence)) fence = undefined;
    }
    const heading = fence === undefined ? /^## +(.+?) *#* *$/.exec(line)?.[1] : undefined;
    // The title of the card says which version it is.
    const isTitle = fence === undefined && /^# /.test(line);
    if (heading !== undefined) sections.push({ heading, lines: [] });
    else if (!isTitle) (sections.at(-1)?.lines ?? opening).push(line);
  }
  return {
    opening: opening.join('\n').trim(),
    sections: sections.map(({ heading, lines }) => ({ heading, text: lines.join('\n').trim() })),
  };
}
