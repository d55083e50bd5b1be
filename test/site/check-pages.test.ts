import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { createMarkdownRenderer } from 'vitepress';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkTarget } from '../../site/markdown/links.ts';
import type { Findings } from '../../site/markdown/own-pages.ts';
import { ownPages, problemsOf } from '../../site/markdown/own-pages.ts';
import { check } from '../../src/commands/index.ts';
import { checkPages, wrongLink } from '../../src/site/check/check-pages.ts';
import { markdownLinks } from '../../src/site/check/markdown-links.ts';
import { readOwnPages } from '../../src/site/shell/own-pages.ts';
import type { OwnRules } from '../../src/site/shell/own-rules.ts';

const repository = join(import.meta.dirname, '../..');

const page = `---
title: A
---
# A [gone](gone-1.md)

[there](b.md#x) [folder](parts/) [made](parts/index.md) [out](../../../x.md) [root](/docs/b.md "t") [gone](<gone 2.md>
"title") \`[code](gone.md)\` \`\`a \` [code](gone.md)\`\` \\[text](gone.md) [mail](mailto:a@example.org)

\`\`\`md
[code](gone.md)
\`\`\`

- item [gone](gone-3.md) ![picture](gone-4.png)

  ~~~
  [code](gone.md)
  ~~~

> [![badge](one.png)](gone-5.md) [used][Ref] and [host](https://example.org/gone.md)

    [indented](gone.md)

[ref]: gone-6.md
[unused]: gone.md

<!-- [comment](gone.md) -->
<a href="gone-7.md">raw</a> <img src='gone-8.png' alt="x"> <img src="one.png">

A [link over
lines](gone-9.md) and [brackets [inside] it](gone-10.md), [round](gone-11_(a).md).
`;

let root: string;
let build: Awaited<ReturnType<typeof builder>>;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'trainyard-check-pages-'));
  const files = {
    'trainyard.yaml': 'version: 1\nsite: { pages: docs, logo: logo.svg }\n',
    'logo.svg': '<svg><script/></svg>',
    'docs/a.md': page,
    'docs/b.md': '# B\n',
    'docs/parts/c.md': '# C\n',
    'docs/one.png': 'x',
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  // VitePress makes one alone, however often it is asked.
  build = await builder();
});
afterAll(async () => await rm(root, { recursive: true, force: true }));

/** What a build of the site would tell of a page, and of others in its place. */
async function builder(): Promise<(body?: string) => readonly string[]> {
  const own = await readOwnPages(root, join(root, 'docs'));
  if (!own.ok) throw new Error('no pages');
  const [{ body: first, offset }] = own.value.pages as [(typeof own.value.pages)[number]];
  const rules: OwnRules = {
    root,
    sources: { 'docs/a.md': { file: 'docs/a.md', offset } },
    pages: { 'docs/b.md': 'docs/b.md', 'docs/parts': 'x', 'docs/parts/index.md': 'x' },
    pictures: own.value.pictures,
    picturesFolder: 'files',
  };
  const findings: Findings = { problems: [], anchors: new Map(), wanted: [], unlinked: [] };
  const renderer = await createMarkdownRenderer(root, { config: (md) => ownPages(md, rules, '/', findings) });
  return (body = first) => {
    findings.problems.length = 0;
    renderer.render(body, { relativePath: 'docs/a.md' });
    return problemsOf(findings)
      .filter(({ isNote }) => isNote !== true)
      .map(({ file, line, message }) => `${file}:${line}: ${message}`);
  };
}

describe('pages that are checked without a build', () => {
  it('are told the links that lead to nothing, as a build tells them', async () => {
    const failures = await checkPages({ root, pages: 'docs' });
    const told = failures.map(
      ({ place, message }) => `${place?.file}:${place?.line}: ${message.toLowerCase()}`,
    );
    const expected = build().map((line) => line.toLowerCase());
    // The line of a definition, and the first of a link, stand for where it is used and where it ends.
    const without = (lines: readonly string[]): readonly string[] =>
      lines.map((line) => line.replace(/:\d+:/, ':').replaceAll('%20', ' ')).sort();
    expect(without(told)).toEqual(without(expected));
    expect(told).toContain('docs/a.md:4: the link to "gone-1.md" leads to nothing: there is no such file');
    expect(told).toHaveLength(12);
  });

  it('are part of what trainyard check tells, with the logo', async () => {
    const done = await check({ paths: [] }, { cwd: root });
    if (!done.ok) throw new Error(JSON.stringify(done.failure));
    const codes = done.value.mistakes.map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(['site-picture-active', 'site-page-broken']));
    const other = join(root, 'other');
    await mkdir(other);
    await writeFile(join(other, 'trainyard.yaml'), 'version: 1\nsite: { pages: gone, logo: gone.svg }\n');
    const missing = await check({ paths: [] }, { cwd: other });
    expect(missing.ok && missing.value.mistakes.map(({ code, place }) => `${code} ${place?.line}`)).toEqual([
      'pipeline-site-file 2',
      'pipeline-site-file 2',
    ]);
  });

  it('are without a mistake in this repository', async () => {
    expect(await checkPages({ root: repository, pages: 'docs' })).toEqual([]);
  });

  it.each([
    ['a backslash in code', 'Escape with `\\` and call `handlers[0](x)`.'],
    ['a backslash before code', 'A \\`` [a](gone.md) `.'],
    ['code of HTML', '<pre>\na[i](x)\n\nb[i](x)\n</pre>'],
    ['a summary', '<details>\n<summary>[see](nothing.md)</summary>\n[see](nothing.md)\n</details>'],
    ['a tag of its own line', '<b>\n[see](nothing.md)'],
    ['a comment with a fence', '<!--\n```\n-->\n\n```\n[a](gone.md)\n```'],
    ['code below a heading', '# H\n    [a](gone.md)'],
    ['code below a line', 'a\n\n---\n    [a](gone.md)'],
    ['code below a table', '| a |\n| - |\n| b |\n    [a](gone.md)'],
    ['brackets in two paragraphs', 'A share in [0, 1)\n\nand a word](gone.md)'],
    ['brackets in two items', '- A share in [0, 1)\n- and a word](gone.md)'],
    ['brackets below a heading', '# Of [0, 1)\nand a word](gone.md)'],
    ['brackets below a heading with a line', 'Of [0, 1)\n---\nand a word](gone.md)'],
    ['brackets before a quote', 'Of [0, 1)\n> and a word](gone.md)'],
    ['an element as text', 'Write \\<a href="gone.md">.'],
    ['an attribute', '<img alt="[a](gone.md)" src="one.png">'],
  ])('are told nothing of %s', (_, body) => {
    expect(markdownLinks(body).filter(({ href }) => href !== 'one.png')).toEqual([]);
    expect(build(body)).toEqual([]);
  });

  it('are told the link in a link alone, and links in blocks of HTML as elements', () => {
    const told = (body: string): readonly string[] =>
      markdownLinks(body).map(({ href, line }) => `${line} ${href}`);
    expect(told('Of [0, 1) of [a](gone.md) and](b.md)')).toEqual(['1 gone.md']);
    expect(told('Of [a [b](gone.md) c](b.md)')).toEqual(['1 gone.md']);
    expect(told('<div>\n<a href="gone.md">a</a>\n\n[b](b.md)</div>')).toEqual(['2 gone.md', '4 b.md']);
  });

  it('are told of no link that a build does not see, however they are written', () => {
    const part = fc.constantFrom(
      ...[
        '[',
        ']',
        '(',
        ')',
        '!',
        '`',
        '``',
        '\\',
        '\n',
        '\n',
        '\n\n',
        '    ',
        ' ',
        '> ',
        '- ',
        '1. ',
        '# ',
        '---',
        '|',
      ],
      ...[
        '```\n',
        '\n```\n',
        '~~~',
        '<pre>',
        '</pre>',
        '<div>',
        '</div>\n',
        '<b>',
        '<!--',
        '-->',
        '"',
        "'",
        '=',
      ],
      ...[
        'a',
        'b [0, 1) c',
        '](gone-1.md)',
        '[a](gone-2.md)',
        '![a](gone-3.png)',
        '<a href="gone-4.md">',
        '](<gone-5.md>',
      ],
      ...['\n[r]: gone-6.md\n', '[r]', '[a](gone-7.md "t")', '[a](\ngone-8.md)'],
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        // Else it may begin as front matter.
        const body = `x\n\n${parts.join('')}`;
        const told = markdownLinks(body).filter(({ href }) => href.startsWith('gone'));
        if (told.length === 0) return;
        const problems = build(body).join('\n');
        for (const { href } of told) expect(problems).toContain(href);
      }),
      { numRuns: 500 },
    );
  });

  it('are read in a time that grows as they do, whatever is open in them', () => {
    const links = (count: number): string => '- [a](b.md) and more\n'.repeat(count);
    expect(markdownLinks(`A share in [0, 1) of rows.\n\n${links(200)}`)).toHaveLength(200);
    expect(markdownLinks(`A share in [0, 1) of rows ${'[a](b.md) '.repeat(5000)}`)).toHaveLength(5000);
    expect(markdownLinks(`A share in [0, 1) of rows.\n${links(5000)}`)).toHaveLength(5000);
    for (const text of [
      '[',
      '[a](',
      '![',
      '[a] [',
      '`` `',
      '<a ',
      '<!--',
      '[a](b "',
      '[a]( ',
      '\\',
      '](',
      '> ',
      '[a',
      '((',
    ])
      expect(markdownLinks(text.repeat(20_000))).toEqual([]);
    expect(markdownLinks(`[a](${' '.repeat(100_000)}`)).toEqual([]);
    expect(markdownLinks(Array.from({ length: 300 }, (_, i) => '`'.repeat(i + 1)).join(' '))).toEqual([]);
  });

  it('are judged link by link as a build judges them', () => {
    const rules: OwnRules = { root, sources: {}, pages: {}, pictures: [], picturesFolder: 'files' };
    const own = { folder: 'docs', pages: [] };
    const part = fc.constantFrom(
      ...[
        '..',
        '.',
        '/',
        'docs',
        'b.md',
        'parts',
        'gone',
        '#x',
        '?y',
        '%2e',
        '%zz',
        'http:',
        'x:',
        ' ',
        '//',
      ],
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const href = parts.join('');
        const target = linkTarget(href, 'docs/a.md', rules);
        const isThere = (path: string): boolean =>
          linkTarget(`/${path.split('/').map(encodeURIComponent).join('/')}`, '', rules).kind !== 'dead';
        expect(wrongLink(href, 'docs/a.md', own, isThere)).toBe(
          target.kind === 'dead' ? `the link to ${JSON.stringify(href)} ${target.why}` : undefined,
        );
      }),
    );
  });
});
