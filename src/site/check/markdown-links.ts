import { container, markdownBlocks } from './markdown-blocks.ts';

/** A link or picture as Markdown writes it. */
export interface MarkdownLink {
  readonly href: string;
  readonly isPicture: boolean;
  /** Of the text, from 1. */
  readonly line: number;
}

/** A piece of a text that is read for itself, and where it begins in the whole. */
interface Piece {
  readonly text: string;
  readonly at: number;
}

// Each letter of a label can be read in one way alone: what has two takes twice as long for each.
const label = '(?:[^[\\]]|\\[[^[\\]]*\\])*';
const destination = '(<[^<>\\n]*>|[^\\s()<>]*(?:\\([^\\s()]*\\)[^\\s()]*)*)';
const title = '(?:\\s+(?:"[^"]*"|\'[^\']*\'|\\([^()]*\\)))?';
const inlinePattern = new RegExp(`(!?)\\[(${label})\\]\\(\\s*(?!\\s)${destination}${title}\\s*\\)`, 'g');
// A line that begins a text: within one it is text, too.
const definitionPattern =
  /^ {0,3}\[(?!\^)([^[\]\n]+)\]:[ \t]*(<[^<>\n]*>|[^\s<]\S*)[ \t]*(?:[ \t](?:"[^"\n]*"|'[^'\n]*'|\([^()\n]*\))[ \t]*)?$/;
const elementPattern = /<(a|img|source)\s([^<>]*)>/gi;
const attributePattern = /(?:^|\s)(href|src|srcset)\s*=\s*(?:"([^"]*)"|'([^']*)')/gi;
// Whichever begins first: a comment, a tag, what a backslash makes text, code, and backticks that are none.
const unread =
  /<!--[\s\S]*?(?:-->|$)|<\/?[a-z](?:[^<>"'`]|"[^"<>]*"|'[^'<>]*')*>|\\[[\]`!\\<]|(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)|`+/gi;

/**
 * The links of a Markdown text outside of its code, without a reader of Markdown: one that is written in a strange way may be
 * missed, and what is found is one. The pages of a site are made with a whole reader, which decides.
 */
export function markdownLinks(markdown: string): readonly MarkdownLink[] {
  const { prose, html } = markdownBlocks(markdown);
  const small = piecesOf(prose, true).map(withoutCode);
  // Where an item, a row or a quotation begins is a guess: a link is one where it is with each.
  const large = new Set(
    piecesOf(prose, false)
      .map(withoutCode)
      .flatMap(linksOf)
      .map(({ at }) => at),
  );
  const found = [...small.flatMap(linksOf).filter(({ at }) => large.has(at)), ...referenceLinks(small)];
  const elements = elementLinks({ text: html.replace(/<!--[\s\S]*?(?:-->|$)/g, spaces), at: 0 });
  return [...withLines(prose, found), ...withLines(html, elements)]
    .filter(({ href }) => href !== '' && !/[\\&]/.test(href))
    .sort((a, b) => a.line - b.line);
}

interface Found extends Omit<MarkdownLink, 'line'> {
  /** In the whole text. */
  readonly at: number;
}

function linksOf(piece: Piece): readonly Found[] {
  return [...inlineLinks(withoutTags(piece)), ...elementLinks(piece)];
}

function inlineLinks({ text, at }: Piece): readonly Found[] {
  return [...text.matchAll(inlinePattern)].flatMap((match): readonly Found[] => {
    const [, mark, words, target] = match as unknown as [string, string, string, string];
    const start = at + match.index;
    // A picture may be what is linked; around another link nothing is one.
    const inside = mark === '!' ? [] : inlineLinks({ text: words, at: start + 1 });
    if (inside.some(({ isPicture }) => !isPicture)) return inside;
    return [{ href: bare(target), isPicture: mark === '!', at: start }, ...inside];
  });
}

/** Those that something uses, and as a link. */
function referenceLinks(pieces: readonly Piece[]): readonly Found[] {
  const used = new Set(
    pieces.flatMap(({ text }) =>
      [...text.matchAll(/(!?)\[([^[\]]+)\](?![:(]|\[[^\]])/g)].flatMap(([, mark, name]) =>
        mark === '' ? [key(name!)] : [],
      ),
    ),
  );
  const defined = new Map<string, Found>();
  for (const { text, at } of pieces) {
    const match = definitionPattern.exec(text);
    if (match === null) continue;
    const name = key(match[1]!);
    if (used.has(name) && !defined.has(name))
      defined.set(name, { href: bare(match[2]!), isPicture: false, at });
  }
  return [...defined.values()];
}

function elementLinks({ text, at }: Piece): readonly Found[] {
  return [...text.matchAll(elementPattern)].flatMap((match) =>
    [...match[2]!.matchAll(attributePattern)].flatMap(([, name, double, single]): readonly Found[] => {
      const isPicture = match[1]!.toLowerCase() !== 'a';
      if (isPicture === (name!.toLowerCase() === 'href')) return [];
      return [{ href: (double ?? single ?? '').trim(), isPicture, at: at + match.index }];
    }),
  );
}

/** Lines that may be of one text: no link goes from one piece into the next. Large ones end at empty lines alone. */
function piecesOf(prose: string, isSmall: boolean): readonly Piece[] {
  const pieces: Piece[] = [];
  let lines: string[] = [];
  let at = 0;
  let next = 0;
  let depth = 0;
  let isNew = true;
  const end = (): void => {
    if (lines.length > 0) pieces.push({ text: lines.join('\n'), at });
    lines = [];
    at = next;
  };
  for (const line of prose.split('\n')) {
    const [before] = /^[ \t>]*/.exec(line)!;
    const words = line.slice(before.length);
    const depthBefore = depth;
    depth = before.replace(/[^>]/g, '').length;
    const isDefinition: boolean = isNew && definitionPattern.test(line);
    const isHeading = /^#{1,6}(?:[ \t]|$)/.test(line.replace(container, ''));
    const isAlone = isDefinition || isHeading || /^(?:$|\||[=*_-][=*_ \t-]*$)/.test(words);
    const isFirst = isAlone || depth > depthBefore || /^(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/.test(words);
    const isEmpty = words === '';
    if (isSmall ? isFirst : isEmpty) end();
    lines.push(line);
    next += line.length + 1;
    if (isSmall ? isAlone : isEmpty) end();
    isNew = isDefinition || /^$|^#/.test(words);
  }
  end();
  return pieces;
}

/** The same, with spaces for code, comments and what a backslash makes text. */
function withoutCode({ text, at }: Piece): Piece {
  return { text: text.replace(unread, (found) => (/^<[^!]/.test(found) ? found : spaces(found))), at };
}

/** Where `<` begins no destination of a link. */
function withoutTags({ text, at }: Piece): Piece {
  return { text: text.replace(/(?<!\]\(\s*)<\/?[a-z][^<>]*>/gi, spaces), at };
}

function spaces(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

function bare(target: string): string {
  return target.startsWith('<') ? target.slice(1, -1) : target;
}

function key(name: string): string {
  return name.trim().replace(/\s+/g, ' ').toLowerCase();
}

/** With lines from 1, and without a walk through the text for each. */
function withLines(text: string, links: readonly Found[]): readonly MarkdownLink[] {
  let line = 1;
  let end = text.indexOf('\n');
  return links
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, ...link }) => {
      while (end !== -1 && end < at) {
        line += 1;
        end = text.indexOf('\n', end + 1);
      }
      return { ...link, line };
    });
}
