import { LineCounter, parseDocument } from 'yaml';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { SiteFailure } from '../failures.ts';
import { contentsBroken } from '../failures.ts';

/**
 * `contents.yaml` in the folder of a repository's pages: what the sidebar shows, in which order. Pages that it does not name
 * come after those that it does, as they do without such a file.
 */
export interface ContentsFile {
  readonly version: 1;
  readonly groups: readonly ContentsGroup[];
}

export interface ContentsGroup {
  readonly title: string;
  /** Relative to the folder: `first-hour.md` is a page, `errors/` all pages of a folder. */
  readonly pages: readonly string[];
  /** Folded until somebody opens it. Default: false. */
  readonly collapsed?: boolean;
}

export const contentsName = 'contents.yaml';

/**
 * @param file as it is told to people
 * @param isThere whether such a page, or a folder with pages, is in the folder
 */
export function readContents(
  text: string,
  file: string,
  isThere: (page: string) => boolean,
): Result<ContentsFile, readonly SiteFailure[]> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  const placeAt = (at: number): { readonly file: string; readonly line: number; readonly column: number } => {
    const { line, col } = lines.linePos(at);
    return { file, line, column: col };
  };
  if (error !== undefined) {
    return failed([contentsBroken(placeAt(error.pos[0]), error.message.split('\n', 1)[0]!)]);
  }
  const failures: SiteFailure[] = [];
  const wrong = (path: readonly (string | number)[], message: string): void => {
    let node: unknown;
    for (let depth = path.length; node === undefined && depth > 0; depth--)
      node = document.getIn(path.slice(0, depth), true);
    const { range } = (node ?? {}) as { readonly range?: readonly [number, number, number] };
    failures.push(contentsBroken(placeAt(range?.[0] ?? 0), message));
  };
  const value = document.toJS() as unknown;
  if (!isObject(value))
    return failed([contentsBroken(placeAt(0), 'the file has to have `version: 1` and `groups`')]);
  if (value['version'] !== 1) wrong(['version'], 'write `version: 1`: no other version is known');
  for (const key of Object.keys(value)) {
    if (key !== 'version' && key !== 'groups') wrong([key], `there is no setting \`${key}\``);
  }
  const groups: unknown[] = Array.isArray(value['groups']) ? value['groups'] : [];
  if (!Array.isArray(value['groups'])) wrong(['groups'], '`groups` has to be a list');
  const made = groups.map((group, i): ContentsGroup => {
    const { title, pages, collapsed } = isObject(group) ? group : {};
    if (typeof title !== 'string' || title.trim() === '')
      wrong(['groups', i, 'title'], 'a group has a `title`');
    if (!Array.isArray(pages)) wrong(['groups', i, 'pages'], 'a group has a list of `pages`');
    if (collapsed !== undefined && typeof collapsed !== 'boolean')
      wrong(['groups', i, 'collapsed'], '`collapsed` is true or false');
    const names = (Array.isArray(pages) ? (pages as unknown[]) : []).map((page, j) => {
      if (typeof page === 'string' && isThere(page)) return page;
      wrong(['groups', i, 'pages', j], `there is no page ${JSON.stringify(page)} in this folder`);
      return '';
    });
    return { title: String(title), pages: names, ...(collapsed === true ? { collapsed } : {}) };
  });
  return failures.length > 0 ? failed(failures) : success({ version: 1, groups: made });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
