import type { Block, FenceBlock, Line, Span, TableBlock } from './document.ts';
import { htmlText, markdownCode, markdownLink, markdownText } from './markdown-text.ts';

export interface MarkdownOptions {
  /** Most characters; whole blocks are left out at the end, and that is said. GitHub takes 65,536. Default 60,000. */
  readonly limit?: number;
}

/** The blocks as GitHub's Markdown, ending with a line break. */
export function renderMarkdown(blocks: readonly Block[], options: MarkdownOptions = {}): string {
  const limit = options.limit ?? 60_000;
  const parts = blocks.map(renderBlock);
  const note = '_The rest is left out, because it is too long._\n';
  let kept = parts.length;
  const text = () => parts.slice(0, kept).join('\n') + (kept < parts.length ? `\n${note}` : '');
  while (kept > 1 && text().length > limit) {
    kept--;
    // A heading without what it heads says nothing.
    while (kept > 1 && blocks[kept - 1]!.kind === 'heading') kept--;
  }
  return text();
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level ?? 4)} ${markdownText(block.text)}\n`;
    case 'paragraph':
      return `${inline(block.line)}\n`;
    case 'list':
      return block.items
        .map((item) => inline(item).replace(/^( *)/, '$1- '))
        .join('\n')
        .concat('\n');
    case 'table':
      return renderTable(block);
    case 'fence':
      return renderFence(block);
    case 'details':
      // The lines without text end the HTML, so that what stands between them is Markdown.
      return `<details>\n<summary>${htmlText(block.summary)}</summary>\n\n${block.blocks.map(renderBlock).join('\n')}\n</details>\n`;
  }
}

/** With a fence that is longer than any in the text. */
function renderFence({ language, text }: FenceBlock): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n?$/, '\n')}${fence}\n`;
}

function renderTable({ columns, rows, marked }: TableBlock): string {
  const head = columns.map((column) => markdownText(column.title));
  const rule = columns.map((column) => (column.align === 'right' ? '---:' : ':---'));
  const body = rows.map((cells, r) =>
    columns.map((_, c) => cellText(cells[c] ?? [], r === marked && c === 0)),
  );
  return `${[head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

function cellText(cells: Line, strong: boolean): string {
  const text = inline(cells).trim();
  return strong && text !== '' ? `**${text}**` : text;
}

function inline(cells: Line): string {
  return cells.map(inlineSpan).join('');
}

/** Marks of verdicts, as people know them from pull requests. */
const marks: ReadonlyMap<string, string> = new Map([
  ['✓', '✅'],
  ['✗', '❌'],
  ['?', '⚠️'],
]);

function inlineSpan({ text, tone, link }: Span): string {
  if (link !== undefined) return markdownLink(text, link);
  const mark = tone === undefined ? undefined : marks.get(text);
  if (mark !== undefined) return mark;
  switch (tone) {
    case 'name':
    case 'term':
      return markdownCode(text);
    case 'strong':
    case 'good':
    case 'bad':
    case 'doubtful':
      return emphasized(text);
    default:
      return markdownText(text);
  }
}

/** Bold, with the spaces at its ends outside, where Markdown wants them. */
function emphasized(text: string): string {
  const [, before, inner, after] = /^(\s*)(.*?)(\s*)$/s.exec(text) as unknown as [
    string,
    string,
    string,
    string,
  ];
  return inner === '' ? text : `${before}**${markdownText(inner)}**${after}`;
}
