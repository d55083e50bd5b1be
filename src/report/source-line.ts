import { visible, widthOf } from './visible-text.ts';

/** A line of a file as it is shown, with the part to underline. */
export interface ShownLine {
  readonly text: string;
  /** Columns of the terminal before the underlined part, and under it. */
  readonly indent: number;
  readonly width: number;
}

const tabStop = 2;

/**
 * A line with tabs as spaces, control characters made visible, and so cut that the underlined part is seen: at most
 * `room` columns wide.
 */
export function shownLine(line: string, column: number, length: number, room: number): ShownLine {
  const start = Math.min(Math.max(0, column - 1), line.length);
  const end = Math.min(line.length, start + Math.max(1, length));
  const before = shownPart(line.slice(0, start));
  const marked = shownPart(line.slice(start, end));
  const after = shownPart(line.slice(end));
  const markedCut = cutEnd(marked, room - 8);
  const roomBefore = room - widthOf(markedCut);
  const beforeCut = cutStart(
    before,
    Math.max(4, Math.min(roomBefore, widthOf(before) > roomBefore ? roomBefore - 8 : roomBefore)),
  );
  const afterCut = markedCut === marked ? cutEnd(after, room - widthOf(beforeCut) - widthOf(markedCut)) : '';
  return {
    text: (beforeCut + markedCut + afterCut).trimEnd(),
    indent: widthOf(beforeCut),
    width: Math.max(1, widthOf(markedCut)),
  };
}

function shownPart(text: string): string {
  return visible(text.replace(/\t/g, ' '.repeat(tabStop)));
}

function cutEnd(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (widthOf(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

function cutStart(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const characters = [...text];
  let kept = '';
  for (let i = characters.length - 1; i >= 0; i--) {
    if (widthOf(characters[i]! + kept) > width - 1) break;
    kept = characters[i]! + kept;
  }
  return `…${kept}`;
}
