import type { RunNotes } from '../runs/index.ts';
import type { Canvas } from './canvas.ts';
import type { Block } from './document.ts';
import { line, span } from './document.ts';
import { renderTerminal } from './render-terminal.ts';

/** What people said of a run, to stand below its report; nothing when nobody said anything. */
export function runNotesText({ tags, notes }: RunNotes, canvas: Canvas): string {
  const tagged: readonly Block[] =
    tags.length === 0 ? [] : [{ kind: 'paragraph', line: line('tags: ', span(tags.join(', '), 'strong')) }];
  const items = notes.map(({ at, by, text }) =>
    line(
      span(`${at.slice(0, 10)}${by === undefined ? '' : ` ${by}`}: `, 'quiet'),
      text.replaceAll(/\s+/g, ' '),
    ),
  );
  const noted: readonly Block[] =
    items.length === 0
      ? []
      : [
          { kind: 'heading', text: 'Notes' },
          { kind: 'list', items },
        ];
  const blocks = [...tagged, ...noted];
  return blocks.length === 0 ? '' : `\n${renderTerminal(blocks, canvas)}`;
}
