import { posix } from 'node:path';
import type { ContentsFile } from './contents-file.ts';
import type { OwnPage, OwnPages } from './own-pages.ts';
import { titleOfName } from './own-pages.ts';

/** As VitePress takes it: texts are HTML there. */
export interface SidebarItem {
  readonly text: string;
  readonly link?: string;
  readonly collapsed?: boolean;
  readonly items?: readonly SidebarItem[];
}

/** A page as it stands in the site: also one that is made for a folder without one. */
export interface PlacedPage {
  /** Below the folder of pages; `''` and `errors/` are made for a folder. */
  readonly source: string;
  /** Below the folder of pages of the site: `errors/index.md`. */
  readonly path: string;
  readonly title: string;
  readonly page: OwnPage | undefined;
}

/** Where each page stands, with one more for every folder that has no `index.md` or `README.md`. */
export function placePages(own: OwnPages, siteTitle: string): readonly PlacedPage[] {
  const paths = new Set(own.pages.map(({ path }) => path));
  const placed = own.pages.map((page): PlacedPage => {
    const index = posix.join(posix.dirname(page.path), 'index.md');
    const isIndex = posix.basename(page.path) === 'README.md' && !paths.has(index);
    return { source: page.path, path: isIndex ? index : page.path, title: page.title, page };
  });
  const there = new Set(placed.map(({ path }) => path));
  const folders = new Set(['']);
  for (const { path } of own.pages) {
    for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder))
      folders.add(`${folder}/`);
  }
  const made = [...folders]
    .filter((folder) => !there.has(`${folder}index.md`))
    .map((folder): PlacedPage => {
      const title = folder === '' ? siteTitle : titleOfName(folder);
      return { source: folder, path: `${folder}index.md`, title, page: undefined };
    });
  return [...placed, ...made].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** @param at below the base, with slashes at both ends */
export function sidebarOf(
  pages: readonly PlacedPage[],
  contents: ContentsFile | undefined,
  at: string,
): readonly SidebarItem[] {
  const item = ({ title, path }: PlacedPage): SidebarItem => ({
    text: escapeHtml(title),
    link: `${at}${path.replace(/(^|\/)index\.md$/, '$1').replace(/\.md$/, '')}`,
  });
  const indexOf = (folder: string): PlacedPage =>
    pages.find(({ path }) => path === `${folder}index.md`) as PlacedPage;
  const inside = (folder: string, named: ReadonlySet<string>): readonly SidebarItem[] => {
    const below = pages.filter(({ path, source }) => path.startsWith(folder) && !named.has(source));
    const direct = below
      .filter(({ path }) => !path.slice(folder.length).includes('/') && path !== `${folder}index.md`)
      .map(item)
      .sort(byText);
    const deeper = below.flatMap(({ path }) => /^[^/]+\//.exec(path.slice(folder.length))?.[0] ?? []);
    const folders = [...new Set(deeper)].map((name): SidebarItem => {
      const items = inside(`${folder}${name}`, named);
      return { ...item(indexOf(`${folder}${name}`)), collapsed: true, items };
    });
    return [...direct, ...folders.sort(byText)];
  };
  if (contents === undefined) return [item(indexOf('')), ...inside('', new Set())];
  const named = new Set<string>();
  const groups = contents.groups.map(({ title, pages: names, collapsed }): SidebarItem => {
    const items = names.flatMap((name): readonly SidebarItem[] => {
      const found = pages.filter(({ source }) =>
        name.endsWith('/') ? source.startsWith(name) : source === name,
      );
      for (const { source } of found) named.add(source);
      if (!name.endsWith('/')) return found.map(item);
      const items = inside(name, new Set());
      return names.length === 1 ? items : [{ ...item(indexOf(name)), collapsed: true, items }];
    });
    return { text: escapeHtml(title), collapsed: collapsed ?? false, items };
  });
  const rest = inside('', named).filter(({ items }) => items === undefined || items.length > 0);
  return [...groups, ...(rest.length === 0 ? [] : [{ text: 'More', collapsed: true, items: rest }])];
}

/** Markdown of a page for a folder that has none: what is in it. */
export function indexBody({ path, title }: PlacedPage, pages: readonly PlacedPage[]): string {
  const folder = path.slice(0, -'index.md'.length);
  const links = pages
    .filter((page) => page.path !== path && page.path.startsWith(folder))
    .map((page) => ({ ...page, rest: page.path.slice(folder.length) }))
    .filter(({ rest }) => /^[^/]+(\/index\.md)?$/.test(rest))
    .map((page) => `- [${escapeMarkdown(page.title)}](${encodeURI(page.rest)})`);
  return `# ${escapeMarkdown(title)}\n\n${links.join('\n')}\n`;
}

function byText(a: SidebarItem, b: SidebarItem): number {
  return a.text.localeCompare(b.text, 'en', { numeric: true });
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function escapeMarkdown(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, '\\$&');
}
