import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of this project. */
export const root: string = fileURLToPath(new URL('../../../', import.meta.url));

/** A fenced block of a page, with the comment above it that says how it is tested. */
export interface Block {
  readonly page: string;
  /** Of the line that opens it, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** Blocks of one session share a folder; it begins where a comment names its project. */
  readonly session?: { readonly project: string; readonly line: number };
  readonly directives: Directives;
}

/**
 * What comments say of the block below them. They stand alone on their lines, where nobody who reads the page sees them:
 *
 * - `<!-- project: released -->` lays a fresh copy of that project out; the commands below run in it (see projects.ts);
 * - `<!-- not run: needs Docker -->` says why commands are not run; they are parsed all the same;
 * - `<!-- tested by: test/docs/runs.test.ts -->` names the test that runs them;
 * - `<!-- exit: 1 -->` is how the commands end when it is not with 0;
 * - `<!-- file: data/new.csv -->` puts the block into the project as that file;
 * - `<!-- merge: pipelines/heart-disease/pipeline.yaml -->` merges a block of YAML into that file of the project;
 * - `<!-- as: job -->` says what a block of YAML is part of, where its keys do not tell (see check-yaml.ts).
 */
export interface Directives {
  readonly 'not run'?: string;
  readonly 'tested by'?: string;
  readonly exit?: string;
  readonly file?: string;
  readonly merge?: string;
  readonly as?: string;
}

export interface Page {
  /** Relative to the root. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

const known: readonly string[] = ['not run', 'tested by', 'exit', 'file', 'merge', 'as'];

/** Every page that people read here: the documentation, and the files at the root that GitHub shows. */
export function pages(): readonly Page[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file));
  return [...docs.sort(), 'README.md', 'CONTRIBUTING.md', 'SECURITY.md'].map(readPage);
}

/** Pages that lead through many commands take minutes: a suite of their own plays them (`npm run test:docs`). */
export function isWalk({ path }: Page): boolean {
  return path.startsWith('docs/guides/') || ['docs/first-hour.md', 'docs/recipes.md'].includes(path);
}

export function readPage(path: string): Page {
  const text = readFileSync(join(root, path), 'utf8');
  return { path, text, blocks: blocksOf(path, text) };
}

function blocksOf(page: string, text: string): readonly Block[] {
  const blocks: Block[] = [];
  let directives: Record<string, string> = {};
  let session: Block['session'];
  let open: { line: number; fence: string; language: string; text: string } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^\s*(`{3,}|~{3,})([\w-]*)/.exec(line);
    if (open !== undefined) {
      if (fence !== null && fence[2] === '' && fence[1]!.startsWith(open.fence)) {
        const { line: start, language, text: content } = open;
        const shared = session === undefined ? {} : { session };
        blocks.push({ page, line: start, language, text: content, ...shared, directives });
        open = undefined;
        directives = {};
      } else open.text += `${line}\n`;
    } else if (fence !== null) {
      open = { line: index + 1, fence: fence[1]!, language: fence[2]!, text: '' };
    } else {
      const comment = /^<!-- ([a-z ]+): (.+) -->$/.exec(line);
      const [, name = '', value = ''] = comment ?? [];
      if (name === 'project') session = { project: value, line: index + 1 };
      else if (known.includes(name)) directives[name] = value;
      else if (line.trim() !== '') directives = {};
    }
  }
  if (open !== undefined) throw new Error(`${page}:${open.line}: this block is never closed`);
  return blocks;
}

/** The text without its blocks and comments: what is prose. Lines stay where they are. */
export function proseOf(text: string): string {
  let fence: string | undefined;
  return text
    .replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, ''))
    .split('\n')
    .map((line) => {
      const found = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
      const isFence = found !== undefined && (fence === undefined || found.startsWith(fence));
      if (isFence) fence = fence === undefined ? found : undefined;
      return isFence || fence !== undefined ? '' : line;
    })
    .join('\n');
}

/** Ids of the headings as GitHub gives them. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading] of proseOf(text).matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = heading!.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').trim();
    const id = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    let free = id;
    for (let n = 1; anchors.has(free); n++) free = `${id}-${n}`;
    anchors.add(free);
  }
  return anchors;
}
