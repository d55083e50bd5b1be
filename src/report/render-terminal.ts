import type { Canvas, CanvasStyle } from './canvas.ts';
import type { Block, Line, ListBlock, Span, TableBlock, Tone } from './document.ts';
import { visible, widthOf } from './visible-text.ts';

/** The blocks as lines of a terminal, ending with a line break. */
export function renderTerminal(blocks: readonly Block[], canvas: Canvas): string {
  const rendered = blocks.map((block) => renderBlock(block, canvas));
  // Headings stand close to what they head, everything else is set apart.
  const text = rendered.map((part, i) =>
    i === 0 ? part : `${blocks[i - 1]!.kind === 'heading' ? '' : '\n'}${part}`,
  );
  return text.join('');
}

function renderBlock(block: Block, canvas: Canvas): string {
  switch (block.kind) {
    case 'heading':
      return `${canvas.colour('bold', visible(block.text))}\n`;
    case 'paragraph':
      return `${wrapped(block.line, canvas, canvas.width, '').join('\n')}\n`;
    case 'list':
      return renderList(block, canvas);
    case 'table':
      return renderTable(block, canvas);
    case 'fence':
      return visibleLines(block.text).replace(/^/gm, '  ').replace(/\n?$/, '\n');
    case 'details':
      return `${canvas.colour('bold', visible(block.summary))}\n${renderTerminal(block.blocks, canvas)}`;
  }
}

function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

function renderList(block: ListBlock, canvas: Canvas): string {
  return block.items
    .map((item) => `  ${wrapped(item, canvas, canvas.width - 2, '    ').join('\n')}\n`)
    .join('');
}

const gutter = '  ';

function renderTable(block: TableBlock, canvas: Canvas): string {
  const head: readonly Line[] = block.columns.map((column) => [
    { text: column.title, tone: 'quiet' as const },
  ]);
  const widths = columnWidths([head, ...block.rows], block, canvas.width);
  const rows = [head, ...block.rows].map((cells, r) => {
    const mark = block.marked === undefined ? '' : r - 1 === block.marked ? '▸ ' : '  ';
    const texts = block.columns.map((column, c) => {
      const cell = cut(c === 0 && r - 1 === block.marked ? strong(cells[c]!) : (cells[c] ?? []), widths[c]!);
      const space = ' '.repeat(Math.max(0, widths[c]! - lineWidth(cell)));
      const text = painted(cell, canvas);
      return column.align === 'right' ? `${space}${text}` : `${text}${space}`;
    });
    const row = `${canvas.colour('green', mark)}${texts.join(gutter)}`;
    return `${gutter}${row}`.replace(/ +$/, '');
  });
  return `${rows.join('\n')}\n`;
}

/** As wide as the widest cell; where the terminal is narrow, columns that may be cut give way, the widest first. */
function columnWidths(
  rows: readonly (readonly Line[])[],
  block: TableBlock,
  room: number,
): readonly number[] {
  const widths = block.columns.map((_, c) => Math.max(...rows.map((cells) => lineWidth(cells[c] ?? []))));
  const fixed = gutter.length * block.columns.length + (block.marked === undefined ? 0 : 2);
  const shrink = (least: (c: number) => number) => {
    while (widths.reduce((sum, width) => sum + width, fixed) > room) {
      const giving = widths.map((_, c) => c).filter((c) => widths[c]! > least(c));
      if (giving.length === 0) return;
      widths[giving.reduce((widest, c) => (widths[c]! > widths[widest]! ? c : widest))]! -= 1;
    }
  };
  shrink((c) => block.columns[c]!.atLeast ?? Number.POSITIVE_INFINITY);
  shrink(() => 6);
  return widths;
}

function strong(cells: Line): Line {
  return cells.map(({ text }) => ({ text, tone: 'strong' as const }));
}

function lineWidth(cells: Line): number {
  return cells.reduce((sum, part) => sum + widthOf(visible(part.text)), 0);
}

/** A line that takes at most so many columns, with `…` where something is missing. */
function cut(cells: Line, width: number): Line {
  if (lineWidth(cells) <= width) return cells;
  const kept: Span[] = [];
  let left = width - 1;
  for (const part of cells) {
    let text = '';
    for (const character of visible(part.text)) {
      if (widthOf(text + character) > left) break;
      text += character;
    }
    left -= widthOf(text);
    kept.push({ ...part, text: text === visible(part.text) ? text : `${text}…` });
    if (text !== visible(part.text)) break;
  }
  return kept;
}

/** Breaks a line at spaces, but not within an interval; lines after the first begin with `hanging`. */
function wrapped(cells: Line, canvas: Canvas, width: number, hanging: string): readonly string[] {
  const lines: string[] = [];
  let now: Span[] = [];
  let used = 0;
  const words = cells.flatMap((part) =>
    visible(part.text)
      .split(/(?<= )(?![^[\]]*\])/)
      .map((text) => ({ ...part, text })),
  );
  for (const [i, word] of words.entries()) {
    // What has no space before it belongs to the word before: `(`, a name, `)`.
    let together = widthOf(word.text.trimEnd());
    for (let j = i; !words[j]!.text.endsWith(' ') && j + 1 < words.length; j++) {
      together += widthOf(words[j + 1]!.text.trimEnd());
    }
    const opens = i === 0 || words[i - 1]!.text.endsWith(' ');
    if (opens && used > hanging.length && used + together > width) {
      lines.push(painted(now, canvas).trimEnd());
      now = [{ text: hanging }];
      used = hanging.length;
    }
    now.push(word);
    used += widthOf(word.text);
  }
  return [...lines, painted(now, canvas).trimEnd()];
}

const styles: Readonly<Partial<Record<Tone, CanvasStyle>>> = {
  strong: 'bold',
  quiet: 'dim',
  good: 'green',
  bad: 'red',
  doubtful: 'yellow',
  name: 'cyan',
};

function painted(cells: Line, canvas: Canvas): string {
  return cells
    .map(({ text, tone }) => {
      const style = tone === undefined ? undefined : styles[tone];
      return style === undefined ? visible(text) : canvas.colour(style, visible(text));
    })
    .join('');
}
