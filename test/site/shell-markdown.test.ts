import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { createMarkdownRenderer } from 'vitepress';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { htmlPieces } from '../../site/markdown/html.ts';
import { linkTarget, pageUrl, pictureOf } from '../../site/markdown/links.ts';
import type { Findings } from '../../site/markdown/own-pages.ts';
import { headingId, ownPages, problemsOf } from '../../site/markdown/own-pages.ts';
import type { OwnRules } from '../../src/site/shell/own-rules.ts';

const shown = (html: string, where: 'block' | 'inline' = 'inline'): string =>
  htmlPieces(html, where, (_, __, value) => value)
    .map((piece) => (piece.kind === 'close' ? `</${piece.tag}>` : piece.html))
    .join('');

describe('raw HTML in pages of a repository', () => {
  it('lets a short list of elements through, with the attributes that are harmless', () => {
    expect(shown('<kbd>Ctrl</kbd><br/>H<sub class="x" onclick="a()" style="a">2</sub>')).toBe(
      '<kbd>Ctrl</kbd><br>H<sub>2</sub>',
    );
    expect(shown('<details open onclick=x><summary>A &amp; B & C</summary>', 'block')).toBe(
      '<details open=""><summary>A &amp; B &amp; C</summary>',
    );
    expect(shown("<img src=a.png alt='a\"b' onerror=x width=20>")).toBe(
      '<img src="a.png" alt="a&quot;b" width="20">',
    );
  });

  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['<stage>', '&lt;stage&gt;'],
    ['<RunPage />', '&lt;RunPage /&gt;'],
    ['<details>', '&lt;details&gt;'],
    ['<svg onload=alert(1)>', '&lt;svg onload=alert(1)&gt;'],
    ['<!-- a comment <b> --> text', ' text'],
    ['a <b', 'a &lt;b'],
    ['<img alt="only words">', 'only words'],
    ['<sub v-html="x" :a="b" @click="c" #d>', '<sub>'],
  ])('takes %s as %s', (html, expected) => {
    expect(shown(html)).toBe(expected);
  });

  it('gives no element but those of the list, whatever is written (S4)', () => {
    const part = fc.constantFrom(
      ...[
        '<',
        '>',
        '"',
        "'",
        '/',
        '=',
        ' ',
        '!--',
        '-->',
        'script',
        'img',
        'src',
        'onerror',
        'a',
        'b',
        '&',
        '\n',
      ],
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const made = shown(parts.join(''), 'block');
        const tags = made.match(/<[^>]*>/g) ?? [];
        for (const tag of tags) expect(tag).toMatch(/^<\/?(a|b|img)( (src|alt|title)="[^"<>]*")*>$/);
        expect(made.replaceAll(/<[^>]*>/g, '')).not.toMatch(/[<>]/);
      }),
    );
  });
});

describe('links of pages of a repository', () => {
  let rules: OwnRules;
  beforeAll(async () => {
    const root = await mkdtemp(join(tmpdir(), 'trainyard-links-'));
    await mkdir(join(root, 'pipelines'));
    await writeFile(join(root, 'pipelines/a b.yaml'), '');
    rules = {
      root,
      sources: {},
      pages: {
        'docs/guide.md': 'docs/guide.md',
        'docs/README.md': 'docs/index.md',
        docs: 'docs/index.md',
      },
      pictures: ['docs/one.png'],
      picturesFolder: 'files',
      repository: 'https://github.com/owner/name',
      commit: 'abc',
    };
  });
  afterAll(async () => await rm(rules.root, { recursive: true, force: true }));

  it.each([
    ['https://example.org/x', { kind: 'as-written' }],
    ['//example.org', { kind: 'as-written' }],
    ['#a-b', { kind: 'as-written', anchor: 'a-b' }],
    ['guide.md#x', { kind: 'page', page: 'docs/guide.md', hash: '#x' }],
    ['../docs', { kind: 'page', page: 'docs/index.md', hash: '' }],
    ['/docs/README.md', { kind: 'page', page: 'docs/index.md', hash: '' }],
    [
      '../pipelines/a%20b.yaml#L3',
      { kind: 'host', url: 'https://github.com/owner/name/blob/abc/pipelines/a%20b.yaml#L3' },
    ],
    ['../pipelines/', { kind: 'host', url: 'https://github.com/owner/name/tree/abc/pipelines' }],
    ['gone.md', { kind: 'dead', why: 'leads to nothing: there is no such file' }],
    ['/constructor', { kind: 'dead', why: 'leads to nothing: there is no such file' }],
    ['/__proto__', { kind: 'dead', why: 'leads to nothing: there is no such file' }],
    ['../../etc/passwd', { kind: 'dead', why: 'leads out of the repository' }],
    ['/../../etc/passwd', { kind: 'dead', why: 'leads out of the repository' }],
    ['%zz.md', { kind: 'dead', why: 'leads out of the repository' }],
    ['javascript:alert(1)', { kind: 'text' }],
    ['vscode:x', { kind: 'text' }],
  ])('take %s to %o', (href, target) => {
    expect(linkTarget(href, 'docs/README.md', rules)).toEqual(target);
  });

  it('stay text where no host shows the file', () => {
    const { repository: _, ...without } = rules;
    expect(linkTarget('../pipelines', 'docs/README.md', without)).toEqual({ kind: 'text' });
  });

  it('take pages to their addresses, and pictures to files of the repository alone', () => {
    expect(['docs/index.md', 'index.md', 'docs/a/b.md'].map(pageUrl)).toEqual(['docs/', '', 'docs/a/b.html']);
    expect(pictureOf('one.png', 'docs/README.md', rules)).toBe('docs/one.png');
    expect(pictureOf('https://example.org/one.png', 'docs/README.md', rules)).toBeUndefined();
    expect(pictureOf('../../one.png', 'docs/README.md', rules)).toBeUndefined();
  });

  it('name headings as the host does', () => {
    expect(headingId(' Fast `code` & more: it’s_A--1 ')).toBe('fast-code--more-its_a--1');
    expect(headingId('Über uns')).toBe('über-uns');
  });

  it('that name no heading are told, each once', () => {
    const wanted = { file: 'docs/a.md', line: 3, page: 'docs/b.md', id: 'gone' };
    const anchors = new Map([['docs/b.md', new Set(['there'])]]);
    const found = problemsOf({
      problems: [],
      anchors,
      wanted: [wanted, wanted, { ...wanted, id: 'there' }],
      unlinked: [],
    });
    expect(found).toEqual([
      {
        file: 'docs/a.md',
        line: 3,
        message: 'the link leads to "#gone", which docs/b.md does not have',
        isNote: true,
      },
    ]);
  });

  it('are told once where they are text, for want of a host that shows files', () => {
    const link = { file: 'docs/a.md', line: 3, href: '../x.yaml' };
    const found = problemsOf({
      problems: [],
      anchors: new Map(),
      wanted: [],
      unlinked: [link, link, { ...link, line: 4 }],
    });
    expect(found).toMatchObject([{ file: 'docs/a.md', line: 3, isNote: true }]);
    expect(found[0]!.message).toMatch(/^the link to "\.\.\/x\.yaml" is text, as are 1 others to files/);
  });
});

describe('lists of tasks', () => {
  it('have a sign for each box, and leave other brackets alone', async () => {
    const rules: OwnRules = {
      root: tmpdir(),
      sources: { 'docs/a.md': { file: 'docs/a.md', offset: 0 } },
      pages: {},
      pictures: [],
      picturesFolder: 'files',
    };
    const findings: Findings = { problems: [], anchors: new Map(), wanted: [], unlinked: [] };
    const renderer = await createMarkdownRenderer(tmpdir(), {
      config: (md) => ownPages(md, rules, '/', findings),
    });
    const html = renderer.render('- [ ] do **it**\n- [x] done\n- [y] other\n\n[ ] no list\n', {
      relativePath: 'docs/a.md',
    });
    expect(html).toContain('<li class="ty-task">☐ do <strong>it</strong></li>');
    expect(html).toContain('<li class="ty-task">☑ done</li>');
    expect(html).toContain('<li>[y] other</li>');
    expect(html).toContain('<p>[ ] no list</p>');
  });
});
