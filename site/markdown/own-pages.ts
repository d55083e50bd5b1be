import type { MarkdownOptions } from 'vitepress';
import type { OwnRules, PageProblem } from '../../src/site/shell/own-rules.ts';
import { escapeText } from './html.ts';
import { linkTarget } from './links.ts';
import { tameTokens } from './tame-tokens.ts';

type MarkdownIt = Parameters<NonNullable<MarkdownOptions['config']>>[0];

interface Env {
  readonly relativePath?: string;
  /** Only where a page is rendered, and not where it is searched. */
  readonly realPath?: string;
}

/** What is found while pages are rendered. */
export interface Findings {
  readonly problems: PageProblem[];
  /** Told each at once, where somebody waits for it. */
  readonly tell?: (problem: PageProblem) => void;
  /** Names of places that pages have, by page. */
  readonly anchors: Map<string, ReadonlySet<string>>;
  /** Links to files that no host shows. */
  readonly unlinked: { readonly file: string; readonly line: number; readonly href: string }[];
  /** Places that links name. */
  readonly wanted: {
    readonly file: string;
    readonly line: number;
    readonly page: string;
    readonly id: string;
  }[];
}

/** Each problem once: a page is rendered for readers and for the search. */
export function problemsOf({ problems, anchors, wanted, unlinked }: Findings): readonly PageProblem[] {
  const missing = wanted
    .filter(({ page, id }) => id !== '' && anchors.get(page)?.has(id) === false)
    .map(({ file, line, page, id }): PageProblem => {
      const message = `the link leads to "#${id}", which ${page} does not have`;
      return { file, line, message, isNote: true };
    });
  const all = [...problems, ...missing, ...textNote(unlinked)].map(
    (problem) => [JSON.stringify(problem), problem] as const,
  );
  return [...new Map(all).values()];
}

/** One note for all of them: there are many where there is one. */
function textNote(unlinked: Findings['unlinked']): readonly PageProblem[] {
  const all = [...new Map(unlinked.map((link) => [JSON.stringify(link), link])).values()];
  const [first] = all;
  if (first === undefined) return [];
  const others = all.length === 1 ? '' : `, as are ${all.length - 1} others to files of the repository`;
  const message = `the link to ${JSON.stringify(first.href)} is text${others}: no host is known that shows files; \`site.repository\`, or a remote \`origin\` on one, names it`;
  return [{ file: first.file, line: first.line, message, isNote: true }];
}

/** Syntax of VitePress alone, which reads other files or writes elements of its own. */
const foreign = ['snippet', 'toc', 'component'].concat(
  ['tip', 'info', 'warning', 'danger', 'details', 'v-pre', 'raw', 'code-group'].map(
    (name) => `container_${name}`,
  ),
);

/**
 * Makes Markdown of the repository mean what it means on its host: what looks like a template or an element is text, links
 * and pictures lead to what they name, and headings have the names that links there use. Such pages come from everybody
 * who may change the repository.
 */
export function ownPages(md: MarkdownIt, rules: OwnRules, base: string, findings: Findings): void {
  md.block.ruler.disable(foreign, true);
  md.core.ruler.push('own-pages', (state) => {
    const page = (state.env as Env).relativePath ?? '';
    const source = rules.sources[page];
    if (source === undefined) return;
    const { tokens, Token } = state;
    state.tokens = tameTokens(tokens, { Token, rules, base, findings, page, ...source });
  });
  // Between elements, a template takes the end of a line for nothing.
  md.renderer.rules['softbreak'] = () => ' ';
  md.renderer.rules['safe_html'] = (tokens, i) => tokens[i]!.content;
  const render = md.render.bind(md);
  md.render = (text, env: Env = {}) => {
    const html = render(text, env);
    const source = rules.sources[env.relativePath ?? ''];
    if (source === undefined) return html;
    // Nothing below is a template, whatever it looks like.
    return `<div v-pre>${html}</div>${env.realPath === undefined ? '' : sourceLink(source.file, rules)}`;
  };
}

/** As GitHub names headings, so that links into a page work on both. */
export function headingId(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}

function sourceLink(file: string, rules: OwnRules): string {
  const target = linkTarget(`/${file.split('/').map(encodeURIComponent).join('/')}`, '', {
    ...rules,
    pages: {},
  });
  if (target.kind !== 'host') return '';
  return `<p class="ty-source" v-pre><a href="${escapeText(target.url)}" target="_blank" rel="noreferrer">${escapeText(file)}</a></p>`;
}
