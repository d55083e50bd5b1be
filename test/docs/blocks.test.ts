import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readContents } from '../../src/site/shell/contents-file.ts';
import { mistakesInYaml } from './rig/check-yaml.ts';
import type { Block } from './rig/page.ts';
import { anchorsOf, pages, proseOf, readPage, root } from './rig/page.ts';
import { mistakeIn } from './rig/parse-call.ts';
import { callsOf, commandsOf, isShell } from './rig/shell-lines.ts';

const all = pages();
const blocks = all.flatMap((page) => page.blocks);
const place = ({ page, line }: Block): string => `${page}:${line}`;
const named = (some: readonly Block[]): [string, Block][] => some.map((block) => [place(block), block]);

/** Shown as they are: nothing reads them here. */
const pictures = ['text', 'mermaid', 'python', 'js', 'ts', 'sql', 'csv', 'markdown', 'html', 'diff'];

describe('blocks of the documentation', () => {
  it('have a language, and a test or a reason for none', () => {
    const silent = blocks.filter((block) => {
      const { 'not run': reason, 'tested by': test } = block.directives;
      if (isShell(block)) return reason === undefined && test === undefined && block.session === undefined;
      return !['yaml', 'json', ...pictures].includes(block.language);
    });
    expect(silent.map(place)).toEqual([]);
  });

  it('name tests that are there and read their page', () => {
    for (const block of blocks) {
      const file = block.directives['tested by'];
      if (file === undefined) continue;
      const text = readFileSync(join(root, file), 'utf8');
      expect(text, `${place(block)} names ${file}`).toContain(block.page.replace(/^docs\//, ''));
    }
  });

  it.each(named(blocks.filter(isShell)))(
    '%s calls trainyard as the command line takes it',
    async (_, block) => {
      for (const { text } of commandsOf(block)) {
        for (const words of callsOf(text)) {
          expect(await mistakeIn(words), `trainyard ${words.join(' ')}`).toBeUndefined();
        }
      }
    },
  );

  it.each(named(blocks.filter(({ language }) => language === 'yaml')))(
    '%s is YAML without a mistake',
    async (_, block) => {
      expect(await mistakesInYaml(block)).toEqual([]);
    },
  );

  it.each(named(blocks.filter(({ language }) => language === 'json')))('%s is JSON', (_, { text }) => {
    expect(() => JSON.parse(text) as unknown).not.toThrow();
  });
});

describe('prose of the documentation', () => {
  it.each(all.map(({ path, text }) => [path, text]))('%s links to what is there', (path, text) => {
    const links = [...proseOf(text).matchAll(/(?<!`)\[[^\]]*\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
    const broken = links.filter((link) => {
      if (/^(https?:|mailto:)/.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : normalize(join(dirname(path), file));
      if (target.startsWith('..') || !existsSync(join(root, target))) return true;
      if (anchor === undefined) return false;
      return !anchorsOf(readFileSync(join(root, target), 'utf8')).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names only error codes that there are', () => {
    const codes = all
      .filter(({ path }) => path.startsWith('docs/errors/'))
      .flatMap(({ text }) => [...text.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map((match) => match[1]!));
    const rooms = new Set(codes.map((code) => code.split('-')[0]!));
    const unknown = all.flatMap(({ path, text }) =>
      [...text.matchAll(/\berror\[([a-z0-9-]+)\]|"code": ?"([a-z]+-[a-z0-9-]+)"|`([a-z]+-[a-z0-9-]+)`/g)]
        .map((match) => match[1] ?? match[2] ?? match[3]!)
        .filter((code) => rooms.has(code.split('-')[0]!) && !codes.includes(code) && !otherNames.has(code))
        .map((code) => `${path}: ${code}`),
    );
    expect(unknown).toEqual([]);
  });

  it('is reached from its index', () => {
    const index = readPage('docs/README.md').text;
    const pagesOfIndex = all.map(({ path }) => path).filter((path) => /^docs\/[^/]+\.md$/.test(path));
    const guides = all.map(({ path }) => path).filter((path) => path.startsWith('docs/guides/'));
    const missing = [...pagesOfIndex, ...guides]
      .filter((path) => path !== 'docs/README.md')
      .filter((path) => !index.includes(`(${path.slice('docs/'.length)})`));
    expect(missing).toEqual([]);
  });

  it('has an order for the sidebar that its index has too', () => {
    const contents = readContents(
      readFileSync(join(root, 'docs/contents.yaml'), 'utf8'),
      'contents.yaml',
      (page) => existsSync(join(root, 'docs', page)),
    );
    if (!contents.ok) throw new Error(contents.failure.map(({ message }) => message).join());
    const named = contents.value.groups.flatMap(({ pages: names }) => names);
    const index = [...readPage('docs/README.md').text.matchAll(/^- \[[^\]]*\]\(([^)]+)\)/gm)].map(
      (match) => match[1]!,
    );
    const first = ['README.md', 'first-hour.md'];
    const sorted = (names: readonly string[]): string[] =>
      names
        .map((name) => name.replace(/\/README\.md$/, '/'))
        .filter((name) => !first.includes(name))
        .sort();
    expect(sorted(named)).toEqual(sorted(index));
  });

  it('begins every page with its title and, in a sentence, what it is for', () => {
    const bad = all
      .filter(({ path }) => path.startsWith('docs/') && !path.startsWith('docs/decisions/0'))
      .filter(({ text }) => !/^# .+\n+(`[^`]+`|\[|\*\*|\p{L})/u.test(proseOf(text).trimStart()))
      .map(({ path }) => path);
    expect(bad).toEqual([]);
  });
});

/** Names that begin like a code of errors and are something else: files, keys, options, names of things. */
const otherNames: ReadonlySet<string> = new Set<string>([
  'deploy-runner',
  'github-markdown-css',
  'onnx-proto',
  'runs-on',
  'store-access',
]);
