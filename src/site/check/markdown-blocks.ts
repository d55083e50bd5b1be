/** A Markdown text without what is no text of a page; both have its lines. */
export interface MarkdownBlocks {
  /** Where links and pictures are read as Markdown. */
  readonly prose: string;
  /** Blocks of HTML, in which Markdown is not read. */
  readonly html: string;
}

/** How a line may begin before its own words: items of lists and quotations. */
export const container: RegExp = /^(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*/;
/** Code within an item or a quotation. */
const indentedWithin = /[-*+.)>](?: {5}| *\t[ \t])/;
/** After which an indented line is code, not more of the same text: headings, lines, tables. */
const endsItself = /^(?:#{1,6}(?:[ \t]|$)|[=*_-][=*_ \t-]*$|\|)/;
const blockNames =
  'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|pre|search|section|source|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul';
/** How blocks of HTML begin, and what ends each; without it an empty line does. */
const htmlBlocks: readonly (readonly [begin: RegExp, end: RegExp | undefined])[] = [
  [/^<(?:script|pre|style|textarea)(?:[\s>]|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^<!--/, /-->/],
  [/^<\?/, /\?>/],
  [/^<!\[CDATA\[/, /\]\]>/],
  [/^<![a-z]/i, />/],
  [new RegExp(`^</?(?:${blockNames})(?:[\\s>]|/>|$)`, 'i'), undefined],
];
/** A tag that has its line alone; within a text it is text. */
const loneTag = /^<\/?[a-z][a-z\d-]*(?:\s[^<>]*)?>[ \t]*$/i;

/** Tells blocks apart line by line, without code. */
export function markdownBlocks(markdown: string): MarkdownBlocks {
  const prose: string[] = [];
  const html: string[] = [];
  let fence: string | undefined;
  let block: { readonly end: RegExp | undefined; readonly isQuoted: boolean } | undefined;
  let isBlank = true;
  let isIndented = false;
  let isItem = false;
  for (const line of markdown.split(/\r?\n/)) {
    const [before] = container.exec(line)!;
    const words = line.slice(before.length);
    const take = (isProse: boolean, isHtml = false): void => {
      prose.push(isProse ? line : '');
      html.push(isHtml ? line : '');
    };
    if (fence !== undefined) {
      const [mark] = /^(?:`{3,}|~{3,})(?=[ \t]*$)/.exec(words) ?? [''];
      if (mark.startsWith(fence)) {
        fence = undefined;
        isBlank = true;
      }
      take(false);
      continue;
    }
    if (block === undefined) {
      isIndented = /^( {4}|\t)/.test(line) && (isBlank || isIndented);
      isItem = /[-*+.)]/.test(before) || (isItem && (!isBlank || /^(?:[ \t]|$)/.test(line)));
    }
    if (block === undefined && indentedWithin.test(before)) {
      take(false);
      continue;
    }
    // Only below an item of a list, what is indented may begin one.
    if (block === undefined && (isItem || !/^( {4}|\t)/.test(line))) {
      fence = /^(?:`{3,}(?!.*`)|~{3,})/.exec(words)?.[0];
      if (fence !== undefined) {
        isIndented = false;
        take(false);
        continue;
      }
      const found = htmlBlocks.find(([begin]) => begin.test(words));
      const isLone = loneTag.test(words) && (isBlank || /[-*+.)>]/.test(before));
      if (found !== undefined || isLone) block = { end: found?.[1], isQuoted: before.includes('>') };
    }
    if (block !== undefined) {
      const { end, isQuoted } = block;
      const isOver = end?.test(line) ?? (isQuoted ? /^[ \t>]*$/ : /^[ \t]*$/).test(line);
      if (isOver) block = undefined;
      isBlank = isOver;
      isIndented = false;
      take(false, true);
      continue;
    }
    isBlank = /^[ \t>]*$/.test(line) || endsItself.test(words);
    take(!isIndented);
  }
  return { prose: prose.join('\n'), html: html.join('\n') };
}
