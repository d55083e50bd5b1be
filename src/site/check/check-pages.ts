import { statSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Failure } from '../../base/index.ts';
import { pageBroken } from '../failures.ts';
import type { OwnPages } from '../shell/own-pages.ts';
import { activePictures, readOwnPages } from '../shell/own-pages.ts';
import { markdownLinks } from './markdown-links.ts';

export interface PagesToCheck {
  /** Root of the project; absolute. */
  readonly root: string;
  /** `site:` of `trainyard.yaml`. */
  readonly pages?: string;
  readonly logo?: string;
}

/**
 * What is wrong in the pages of a repository that a build of its site would refuse, told in a moment and without VitePress:
 * links and pictures that lead to nothing among it. What names no folder or file is told elsewhere.
 */
export async function checkPages({ root, pages, logo }: PagesToCheck): Promise<readonly Failure[]> {
  const isThere = isThereIn(root);
  const active = logo === undefined || !isThere(logo) ? [] : await activePictures(root, [logo]);
  if (pages === undefined || !isThere(pages)) return active;
  const own = await readOwnPages(root, join(root, pages));
  if (!own.ok) return [...active, ...own.failure.filter(({ code }) => code !== 'site-pages-missing')];
  return [...active, ...linksToNothing(root, own.value)];
}

/** Links and pictures of these pages that lead to nothing among them, or in the project whose root (absolute) is given. */
export function linksToNothing(root: string, own: OwnPages): readonly Failure[] {
  return own.pages.flatMap((page) => brokenLinks(page, own, isThereIn(root)));
}

function isThereIn(root: string): (path: string) => boolean {
  return (path) => statSync(join(root, path), { throwIfNoEntry: false }) !== undefined;
}

function brokenLinks(
  { path, body, offset }: OwnPages['pages'][number],
  own: OwnPages,
  isThere: (path: string) => boolean,
): readonly Failure[] {
  const file = posix.join(own.folder, path);
  return markdownLinks(body).flatMap(({ href, isPicture, line }) => {
    const what = isPicture ? wrongPicture(href, file, own) : wrongLink(href, file, own, isThere);
    return what === undefined ? [] : [pageBroken({ file, line: line + offset }, what)];
  });
}

/** As site/markdown/links.ts judges, where a test compares them. */
export function wrongLink(
  href: string,
  file: string,
  own: Pick<OwnPages, 'folder' | 'pages'>,
  isThere: (path: string) => boolean,
): string | undefined {
  if (/^([a-z][a-z\d+.-]*:|\/\/|#)/i.test(href)) return undefined;
  const path = pathIn(href, file);
  if (path === undefined) return `the link to ${JSON.stringify(href)} leads out of the repository`;
  if (isThere(path)) return undefined;
  // One is made for a folder of pages that has none.
  const folder = /^(.*)\/index\.md$/.exec(path)?.[1];
  const hasPages = own.pages.some((page) => posix.join(own.folder, page.path).startsWith(`${folder}/`));
  if (folder !== undefined && hasPages) return undefined;
  return `the link to ${JSON.stringify(href)} leads to nothing: there is no such file`;
}

function wrongPicture(href: string, file: string, { pictures }: OwnPages): string | undefined {
  if (/^([a-z][a-z\d+.-]*:|\/\/)/i.test(href)) return undefined;
  const path = pathIn(href, file);
  return path !== undefined && pictures.includes(path)
    ? undefined
    : `the picture ${JSON.stringify(href)} is no file of this repository that can be shown`;
}

/** A path relative to a page, or with a slash to the root, as a path from the root. */
function pathIn(href: string, page: string): string | undefined {
  const path = decoded(href.replace(/[?#].*$/, ''));
  if (path === undefined || path.includes('\0')) return undefined;
  const whole = posix.normalize(path.startsWith('/') ? `./${path}` : `${posix.dirname(page)}/${path}`);
  if (whole === '..' || whole.startsWith('../')) return undefined;
  return whole.replace(/^\//, '').replace(/\/$/, '');
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
