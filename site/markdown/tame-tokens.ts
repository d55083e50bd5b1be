import type { MarkdownOptions } from 'vitepress';
import type { OwnRules, PageProblem } from '../../src/site/shell/own-rules.ts';
import { escapeText, htmlPieces } from './html.ts';
import { linkTarget, pageUrl, pictureOf } from './links.ts';
import type { Findings } from './own-pages.ts';

type MarkdownIt = Parameters<NonNullable<MarkdownOptions['config']>>[0];
type State = Parameters<Parameters<MarkdownIt['core']['ruler']['push']>[1]>[0];
type Token = State['tokens'][number];

/** The page that tokens are of. */
export interface TokensOf {
  readonly Token: State['Token'];
  readonly rules: OwnRules;
  readonly base: string;
  readonly findings: Findings;
  /** Below the folder that VitePress works in. */
  readonly page: string;
  /** In the repository, with the lines that were left out at its begin. */
  readonly file: string;
  readonly offset: number;
}

/** The tokens of a page, with elements that are let through, balanced, and links that lead where they lead on its host. */
export function tameTokens(tokens: readonly Token[], of: TokensOf): Token[] {
  const ids = new Set<string>();
  markTasks(tokens);
  for (const token of tokens) {
    if (token.type === 'fence') token.info = /^[\w+#.-]+/.exec(token.info.trim())?.[0] ?? '';
    if (token.type === 'heading_open') ids.add(String(token.attrGet('id')));
    if (token.type === 'github_alert_open') {
      const { title } = token.meta as { readonly title: string };
      token.meta = { ...token.meta, title: escapeText(title) };
    }
  }
  const tamed = balance(tokens, 'block', 1, { ...of, ids });
  of.findings.anchors.set(of.page, ids);
  return tamed;
}

/** Items of lists that begin with `[ ]` or `[x]`: a box that nobody can tick, as a sign that every reader can read. */
function markTasks(tokens: readonly Token[]): void {
  for (const [i, token] of tokens.entries()) {
    const item = tokens[i - 2];
    const [first] = token.children ?? [];
    if (item?.type !== 'list_item_open' || tokens[i - 1]?.type !== 'paragraph_open' || first?.type !== 'text')
      continue;
    const box = /^\[([ xX])\](?=\s)/.exec(first.content);
    if (box === null) continue;
    first.content = `${box[1] === ' ' ? '☐' : '☑'}${first.content.slice(3)}`;
    item.attrJoin('class', 'ty-task');
  }
}

type Taming = TokensOf & { readonly ids: Set<string> };

/**
 * Elements are closed where what they stand in ends, and what closes nothing is dropped: a template has to be balanced.
 *
 * @param firstLine of the block that the tokens are in
 */
function balance(
  tokens: readonly Token[],
  where: 'block' | 'inline',
  firstLine: number,
  taming: Taming,
): Token[] {
  const frames: string[][] = [[]];
  const links: boolean[] = [];
  const made: Token[] = [];
  let line = firstLine;
  const put = (html: string): void => void made.push(safe(html, taming));
  const closeDownTo = (frame: string[], depth: number): void => {
    for (const tag of frame.splice(depth).reverse()) put(`</${tag}>`);
  };
  for (const token of tokens) {
    if (where === 'block' && token.map) line = token.map[0] + 1 + taming.offset;
    if (token.nesting === -1) closeDownTo(frames.pop() ?? [], 0);
    const frame = frames.at(-1) ?? [];
    if (token.type === 'html_block' || token.type === 'html_inline') {
      for (const piece of htmlPieces(token.content, where, (...about) =>
        attributeValue(about, line, taming),
      )) {
        if (piece.kind === 'text') put(piece.html);
        else if (piece.kind === 'close') {
          const depth = frame.lastIndexOf(piece.tag);
          if (depth !== -1) closeDownTo(frame, depth);
        } else {
          put(piece.html);
          if (!piece.isVoid) frame.push(piece.tag);
        }
      }
    } else if (token.type === 'link_open') {
      const href = lead(String(token.attrGet('href') ?? ''), line, taming);
      if (href !== undefined) token.attrSet('href', href);
      if (href !== undefined) made.push(token);
      links.push(href !== undefined);
    } else if (token.type === 'link_close') {
      if (links.pop() === true) made.push(token);
    } else if (token.type === 'image') {
      made.push(...picture(token, line, links.includes(true), taming));
    } else {
      if (token.type === 'inline') token.children = balance(token.children ?? [], 'inline', line, taming);
      if (token.type === 'softbreak' || token.type === 'hardbreak') line++;
      made.push(token);
    }
    if (token.nesting === 1) frames.push([]);
  }
  for (const frame of frames.reverse()) closeDownTo(frame, 0);
  return made;
}

function safe(html: string, { Token }: Taming): Token {
  const token = new Token('safe_html', '', 0);
  token.content = html;
  return token;
}

/** Where a link of Markdown leads, as VitePress takes it; `undefined` where it leads nowhere. */
function lead(href: string, line: number, { rules, findings, file, page }: Taming): string | undefined {
  const target = linkTarget(href, file, rules);
  switch (target.kind) {
    case 'as-written':
      if (target.anchor !== undefined) findings.wanted.push({ file, line, page, id: target.anchor });
      return href;
    case 'page':
      findings.wanted.push({ file, line, page: target.page, id: idOf(target.hash) });
      return `/${encodeURI(target.page)}${target.hash}`;
    case 'host':
      return target.url;
    case 'dead':
      tell({ file, line, message: `the link to ${JSON.stringify(href)} ${target.why}` }, findings);
      return undefined;
    case 'text':
      if (!/^[a-z][a-z\d+.-]*:/i.test(href)) findings.unlinked.push({ file, line, href });
      return undefined;
  }
}

function idOf(hash: string): string {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return hash.slice(1);
  }
}

/** A picture of this repository, else a link to it, or its text: a page asks nothing of other hosts. */
function picture(token: Token, line: number, isInLink: boolean, taming: Taming): readonly Token[] {
  const source = String(token.attrGet('src') ?? '');
  const path = pictureOf(source, taming.file, taming.rules);
  if (path !== undefined) {
    token.attrSet('src', `/${taming.rules.picturesFolder}/${path}`);
    return [token];
  }
  const text = escapeText(token.content === '' ? source : token.content);
  if (!/^(https?:)?\/\//i.test(source)) {
    tellMissing(source, line, taming);
    return [safe(text, taming)];
  }
  const link = `<a href="${escapeText(source)}" target="_blank" rel="noreferrer">${text}</a>`;
  return [safe(isInLink ? text : link, taming)];
}

function tellMissing(source: string, line: number, { findings, file }: Taming): void {
  const message = `the picture ${JSON.stringify(source)} is no file of this repository that can be shown`;
  tell({ file, line, message }, findings);
}

function tell(problem: PageProblem, findings: Findings): void {
  findings.problems.push(problem);
  findings.tell?.(problem);
}

/** The value of an attribute of raw HTML. */
function attributeValue(
  [tag, name, value]: readonly [string, string, string],
  line: number,
  taming: Taming,
): string | undefined {
  const { base, ids } = taming;
  switch (name) {
    case 'href': {
      const href = lead(value, line, taming);
      if (href === undefined || !href.startsWith('/') || href.startsWith('//')) return href;
      const [page, hash] = href.slice(1).split('#', 2);
      return `${base}${pageUrl(decodeURI(page!))}${hash === undefined ? '' : `#${hash}`}`;
    }
    case 'src':
    case 'srcset': {
      if (/^(https?:)?\/\//i.test(value)) return undefined;
      const path = pictureOf(value.trim(), taming.file, taming.rules);
      if (path === undefined) tellMissing(value, line, taming);
      return path === undefined ? undefined : `/${taming.rules.picturesFolder}/${path}`;
    }
    case 'id':
    case 'name':
      ids.add(value);
      return tag === 'a' ? value : undefined;
    case 'width':
    case 'height':
      return /^\d{1,4}%?$/.test(value) ? value : undefined;
    case 'align':
      return /^(left|right|center)$/.test(value) ? value : undefined;
    default:
      return value;
  }
}
