import { isMap, LineCounter, parseDocument } from 'yaml';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { SiteFailure } from '../failures.ts';
import { pageBroken } from '../failures.ts';

/** A page of the repository without what stands before its text. */
export interface PageHead {
  readonly title: string;
  readonly description?: string;
  readonly body: string;
  /** Lines of the file before the body. */
  readonly offset: number;
}

const matterPattern = /^---[ \t]*\n([\s\S]*?\n)?---[ \t]*(?:\n|$)/;

/**
 * Title and text of a Markdown file. Of its front matter only `title` and `description` count: the rest would be VitePress's,
 * which takes scripts there.
 *
 * @param file as it is told to people
 * @param otherwise the title of a page that has none
 */
export function readHead(text: string, file: string, otherwise: string): Result<PageHead, SiteFailure> {
  const source = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const matter = matterPattern.exec(source);
  const body = source.slice(matter?.[0].length ?? 0);
  const own = readMatter(matter?.[1] ?? '', file);
  if (!own.ok) return own;
  const { title, description } = own.value;
  return success({
    title: title ?? firstHeading(body) ?? otherwise,
    ...(description === undefined ? {} : { description }),
    body,
    offset: (matter?.[0].match(/\n/g) ?? []).length,
  });
}

type Matter = { readonly title?: string; readonly description?: string };

function readMatter(text: string, file: string): Result<Matter, SiteFailure> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    const said = error.message.split('\n', 1)[0]!.replace(/ at line \d+, column \d+:?$/, '');
    return failed(pageBroken({ file, line: line + 1, column: col }, `front matter is no YAML: ${said}`));
  }
  const value: unknown = isMap(document.contents) ? document.toJS() : {};
  const { title, description } = value as Readonly<Record<string, unknown>>;
  return success({
    ...(typeof title === 'string' && title.trim() !== '' ? { title: title.trim() } : {}),
    ...(typeof description === 'string' ? { description } : {}),
  });
}

/** Text of the first heading outside of code, without its Markdown. */
function firstHeading(body: string): string | undefined {
  let fence: string | undefined;
  const lines = body.split('\n');
  for (const [i, line] of lines.entries()) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) === true && line.trim() === mark) fence = undefined;
      continue;
    }
    if (mark !== undefined) {
      fence = mark;
      continue;
    }
    const heading = /^ {0,3}#{1,6}[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*$/.exec(line)?.[1];
    const isUnderlined =
      /^ {0,3}(=+|-{2,})[ \t]*$/.test(lines[i + 1] ?? '') && /^ {0,3}[^\s>|#*+-]/.test(line);
    const text = plain(heading ?? (isUnderlined ? line : ''));
    if (text !== '') return text;
  }
  return undefined;
}

function plain(markdown: string): string {
  return markdown
    .replace(/<!--.*?-->/g, '')
    .replace(/!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replace(/(`+)(.+?)\1/g, '$2')
    .replace(/(\*\*|__)(?=\S)(.+?)\1/g, '$2')
    .replace(/(?<![\w*])[*_](?=\S)([^*_]+)[*_](?!\w)/g, '$1')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .trim();
}
