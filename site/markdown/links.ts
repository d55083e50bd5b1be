import { statSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { OwnRules } from '../../src/site/shell/own-rules.ts';

/** Where a link of a page leads. */
export type Target =
  /** As it is written: another host, or a place of the same page. */
  | { readonly kind: 'as-written'; readonly anchor?: string }
  /** A page of this site, by the file that it is made of here. */
  | { readonly kind: 'page'; readonly page: string; readonly hash: string }
  /** A file of the repository, on its host. */
  | { readonly kind: 'host'; readonly url: string }
  /** There is such a file, and no host that shows it: what is linked stays text. */
  | { readonly kind: 'text' }
  | { readonly kind: 'dead'; readonly why: string };

/** @param page the path in the repository of the page that has the link */
export function linkTarget(href: string, page: string, rules: OwnRules): Target {
  if (/^(https?|mailto|tel):/i.test(href) || href.startsWith('//')) return { kind: 'as-written' };
  if (/^[a-z][a-z\d+.-]*:/i.test(href)) return { kind: 'text' };
  if (href.startsWith('#')) return { kind: 'as-written', anchor: decoded(href.slice(1)) ?? '' };
  const path = pathIn(href, page);
  if (path === undefined) return { kind: 'dead', why: 'leads out of the repository' };
  const hash = /#.*$/.exec(href)?.[0] ?? '';
  const own = Object.hasOwn(rules.pages, path) ? rules.pages[path] : undefined;
  if (own !== undefined) return { kind: 'page', page: own, hash };
  const found = statSync(join(rules.root, path), { throwIfNoEntry: false });
  if (found === undefined) return { kind: 'dead', why: 'leads to nothing: there is no such file' };
  if (rules.repository === undefined) return { kind: 'text' };
  return { kind: 'host', url: hostUrl(path, found.isDirectory(), hash, rules) };
}

/** The file of a picture, by its path in the repository; `undefined` when it is no picture of it. */
export function pictureOf(source: string, page: string, rules: OwnRules): string | undefined {
  if (/^([a-z][a-z\d+.-]*:|\/\/)/i.test(source)) return undefined;
  const path = pathIn(source, page);
  return path !== undefined && rules.pictures.includes(path) ? path : undefined;
}

/** A path relative to a page, or with a slash to the root, as a path from the root. */
function pathIn(href: string, page: string): string | undefined {
  const path = decoded(href.replace(/[?#].*$/, ''));
  if (path === undefined || path.includes('\0')) return undefined;
  const from = path.startsWith('/') ? '/' : `/${posix.dirname(page)}`;
  const depth = posix.normalize(`${from.slice(1) || '.'}/${path}`);
  if (depth.startsWith('../') || depth === '..') return undefined;
  return posix.join(from, path).replace(/^\//, '').replace(/\/$/, '');
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function hostUrl(path: string, isFolder: boolean, hash: string, rules: OwnRules): string {
  const what = isFolder ? 'tree' : 'blob';
  const host = rules.repository!;
  const between = /^https?:\/\/[^/]*gitlab/i.test(host) ? '/-' : '';
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return `${host}${between}/${what}/${rules.commit ?? 'HEAD'}/${encoded}${hash}`;
}

/** The address of a page below the base, without a slash before it. */
export function pageUrl(page: string): string {
  return encodeURI(page.replace(/(^|\/)index\.md$/, '$1').replace(/\.md$/, '.html'));
}
