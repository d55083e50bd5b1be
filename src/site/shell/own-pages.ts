import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { SiteFailure } from '../failures.ts';
import { pageBroken, pagesMissing, pictureActive } from '../failures.ts';
import type { ContentsFile } from './contents-file.ts';
import { contentsName, readContents } from './contents-file.ts';
import { readHead } from './page-head.ts';
import { svgProblem } from './plain-svg.ts';

/** A page that is made of a Markdown file of the repository. */
export interface OwnPage {
  /** Below the folder, with `/` between its parts. */
  readonly path: string;
  readonly title: string;
  readonly description?: string;
  readonly body: string;
  readonly offset: number;
}

/** A repository's own pages. */
export interface OwnPages {
  /** The folder's path in the repository. */
  readonly folder: string;
  /** By path. */
  readonly pages: readonly OwnPage[];
  /** Paths in the repository of the pictures that pages name. */
  readonly pictures: readonly string[];
  readonly contents: ContentsFile | undefined;
}

const pictureName = /[^\s"'`()<>[\]]+\.(?:png|svg|jpe?g|gif|webp|avif)(?=$|[\s"'`()<>[\]?#])/gi;

/**
 * Reads the Markdown files of a folder and below. Hidden ones and links are not followed.
 *
 * @param root absolute
 * @param folder absolute
 */
export async function readOwnPages(
  root: string,
  folder: string,
): Promise<Result<OwnPages, readonly SiteFailure[]>> {
  const inRepository = inside(await realpath(root), await realpath(folder).catch(() => undefined));
  if (inRepository === undefined) return failed([pagesMissing(relative(root, folder))]);
  const files = await filesBelow(folder);
  const failures: SiteFailure[] = [];
  const pages: OwnPage[] = [];
  for (const path of files.filter((file) => /\.md$/.test(file))) {
    const file = posix.join(inRepository, path);
    if (!/^[\p{L}\p{M}\p{N}._/-]+$/u.test(path))
      failures.push(
        pageBroken({ file }, 'name it with letters, digits, dots and dashes: names become addresses'),
      );
    const text = await textOf(join(folder, path));
    if (text === undefined) failures.push(pageBroken({ file }, 'its bytes are no text in UTF-8'));
    const head = readHead(text ?? '', file, titleOfName(path));
    if (!head.ok) failures.push(head.failure);
    else pages.push({ path, ...head.value });
  }
  const contents = files.includes(contentsName)
    ? readContents(
        (await textOf(join(folder, contentsName))) ?? '',
        posix.join(inRepository, contentsName),
        (name) => pages.some(({ path }) => (name.endsWith('/') ? path.startsWith(name) : path === name)),
      )
    : success(undefined);
  if (!contents.ok) failures.push(...contents.failure);
  if (failures.length > 0 || !contents.ok) return failed(failures);
  const pictures = await picturesOf(root, inRepository, pages);
  const active = await activePictures(root, pictures);
  if (active.length > 0) return failed(active);
  return success({ folder: inRepository, pages, pictures, contents: contents.value });
}

/** What a page or folder is called whose title nobody wrote. */
export function titleOfName(path: string): string {
  const name = posix.basename(path).replace(/\.md$/, '').replace(/[-_]+/g, ' ').trim();
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !isHidden(path))
    .sort();
}

function isHidden(path: string): boolean {
  return /(^|\/)(\.|node_modules\/)/.test(path);
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Whatever a page names that is a picture of the repository: what only looks like one does no harm here. */
async function picturesOf(
  root: string,
  folder: string,
  pages: readonly OwnPage[],
): Promise<readonly string[]> {
  const found = new Set<string>();
  const top = await realpath(root);
  for (const { path, body } of pages) {
    const from = posix.dirname(posix.join(folder, path));
    for (const [name] of body.matchAll(pictureName)) {
      const file = name.startsWith('/') ? name.slice(1) : posix.join(from, safeDecode(name));
      if (found.has(file) || file.startsWith('../') || name.includes('://')) continue;
      // A link may lead to what no picture is: to settings with secrets, for one.
      const real = await realpath(join(root, file)).catch(() => undefined);
      const isItself = real !== undefined && inside(top, real) === posix.normalize(file);
      if (isItself && !isHidden(file) && (await stat(real)).isFile()) found.add(file);
    }
  }
  return [...found].sort();
}

/** Those that would be more than pictures to whoever opens them. */
export async function activePictures(
  root: string,
  pictures: readonly string[],
): Promise<readonly SiteFailure[]> {
  const failures: SiteFailure[] = [];
  for (const file of pictures.filter((name) => /\.svg$/i.test(name))) {
    const problem = svgProblem(await readFile(join(root, file)));
    if (problem !== undefined) failures.push(pictureActive({ file, line: problem.line }, problem.what));
  }
  return failures;
}

function safeDecode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** A path relative to a folder that it is in, with `/`; `undefined` elsewhere. */
function inside(folder: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const found = relative(folder, path).split(sep).join('/');
  return found === '..' || found.startsWith('../') || /^([A-Za-z]:|\/)/.test(found) ? undefined : found;
}
