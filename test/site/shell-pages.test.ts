import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readContents } from '../../src/site/shell/contents-file.ts';
import { removeOld } from '../../src/site/shell/files.ts';
import { makeShell } from '../../src/site/shell/make-shell.ts';
import { readOwnPages } from '../../src/site/shell/own-pages.ts';
import { readHead } from '../../src/site/shell/page-head.ts';
import { repositoryPages } from '../../src/site/shell/settings.ts';
import { indexBody, placePages, sidebarOf } from '../../src/site/shell/sidebar.ts';
import { linkOnTheWay, takeFolder } from '../../src/site/shell/site-folder.ts';
import { gitRig } from '../git/rig.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trainyard-pages-'));
});
afterEach(async () => await rm(root, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

describe('the head of a page', () => {
  const head = (text: string): unknown => readHead(text, 'docs/a.md', 'A');

  it.each([
    ['# The `run` *verb*, [told](x.md) #\n', 'The run verb, told'],
    ['```sh\n# no heading\n```\n\nTitle\n=====\n', 'Title'],
    ['text only', 'A'],
    ['---\ntitle: Mine\n---\n# Other', 'Mine'],
    ['\uFEFF---\r\ntitle: Mine\r\n---\r\n# Other', 'Mine'],
    ['---\ntitle: 3\n---\n## Sub', 'Sub'],
  ])('takes from %j the title %s', (text, title) => {
    expect(head(text)).toMatchObject({ ok: true, value: { title } });
  });

  it('keeps nothing of front matter but title and description, and counts its lines', () => {
    const read = head('---\nlayout: false\nhead: [[script, {}, "x"]]\ndescription: D\n---\n# T\n');
    expect(read).toEqual({ ok: true, value: { title: 'T', description: 'D', body: '# T\n', offset: 5 } });
  });

  it('tells the line of front matter that is no YAML', () => {
    expect(head('---\ntitle: "a\n---\n')).toMatchObject({
      ok: false,
      failure: { code: 'site-page-broken', place: { file: 'docs/a.md' } },
    });
  });
});

describe('pages of a repository', () => {
  it('are its Markdown files, with the pictures that they name; hidden ones and links are not followed (S4)', async () => {
    await write({
      'docs/README.md':
        '# Docs\n![a](one.png) <img src="../top.svg"> ![](env.png) ![](link.png) ![](../.hidden/a.png) ![out](../../etc/x.png) ![](https://x.org/two.png)',
      'docs/errors/cli.md': 'x',
      'docs/.hidden/x.md': 'x',
      'docs/one.png': 'x',
      '.env': 'x',
      '.hidden/a.png': 'x',
      'docs/two.png': 'x',
      'top.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    });
    await symlink('/etc/hostname', join(root, 'docs/link.md'));
    await symlink('/etc/hostname', join(root, 'docs/link.png'));
    await symlink('../.env', join(root, 'docs/env.png'));
    const read = await readOwnPages(root, join(root, 'docs'));
    expect(read).toMatchObject({
      ok: true,
      value: { folder: 'docs', pictures: ['docs/one.png', 'top.svg'] },
    });
    if (read.ok) expect(read.value.pages.map(({ path }) => path)).toEqual(['README.md', 'errors/cli.md']);
  });

  it('are told all that is wrong at once', async () => {
    await write({
      'docs/a.md': new Uint8Array([0xff, 0xfe]),
      'docs/[id].md': 'x',
      'docs/contents.yaml': 'version: 1\ngroups:\n  - title: A\n    pages: [gone.md]\n',
    });
    const read = await readOwnPages(root, join(root, 'docs'));
    expect(read.ok).toBe(false);
    if (!read.ok)
      expect(read.failure.map(({ code, place }) => `${code} ${place?.file}:${place?.line}`)).toEqual([
        'site-page-broken docs/[id].md:undefined',
        'site-page-broken docs/a.md:undefined',
        'site-contents docs/contents.yaml:4',
      ]);
  });

  it('are refused with a picture that is more than one (S4)', async () => {
    await write({ 'docs/a.md': '![a](a.SVG)', 'docs/a.SVG': '<svg>\n<script/></svg>' });
    expect(await readOwnPages(root, join(root, 'docs'))).toMatchObject({
      failure: [{ code: 'site-picture-active', place: { file: 'docs/a.SVG', line: 2 } }],
    });
  });

  it('do not come from outside of the repository', async () => {
    await symlink('/etc', join(root, 'docs'));
    expect(await readOwnPages(root, join(root, 'docs'))).toMatchObject({
      failure: [{ code: 'site-pages-missing' }],
    });
    expect(await readOwnPages(root, join(root, 'none'))).toMatchObject({
      failure: [{ code: 'site-pages-missing' }],
    });
  });

  it('stand in the sidebar by title, folders below, and a folder without an index gets one', async () => {
    await write({ 'docs/b.md': '# A <i>', 'docs/a.md': '# Z', 'docs/errors/cli.md': '# CLI' });
    const read = await readOwnPages(root, join(root, 'docs'));
    if (!read.ok) throw new Error('no pages');
    const placed = placePages(read.value, 'Yard');
    expect(sidebarOf(placed, undefined, '/docs/')).toEqual([
      { text: 'Yard', link: '/docs/' },
      { text: 'A &lt;i&gt;', link: '/docs/b' },
      { text: 'Z', link: '/docs/a' },
      {
        text: 'Errors',
        link: '/docs/errors/',
        collapsed: true,
        items: [{ text: 'CLI', link: '/docs/errors/cli' }],
      },
    ]);
    const [index] = placed.filter(({ path }) => path === 'index.md');
    expect(indexBody(index!, placed)).toBe(
      '# Yard\n\n- [Z](a.md)\n- [A \\<i\\>](b.md)\n- [Errors](errors/index.md)\n',
    );
  });

  it('stand in the order of contents.yaml, what it does not name after that', async () => {
    await write({
      'docs/README.md': '# Home',
      'docs/a.md': '# A',
      'docs/b.md': '# B',
      'docs/errors/cli.md': '# CLI',
      'docs/contents.yaml':
        'version: 1\ngroups:\n  - title: First\n    pages: [b.md, README.md]\n  - { title: Codes, pages: [errors/], collapsed: true }\n',
    });
    const read = await readOwnPages(root, join(root, 'docs'));
    if (!read.ok) throw new Error(JSON.stringify(read.failure));
    expect(sidebarOf(placePages(read.value, 'Yard'), read.value.contents, '/docs/')).toEqual([
      {
        text: 'First',
        collapsed: false,
        items: [
          { text: 'B', link: '/docs/b' },
          { text: 'Home', link: '/docs/' },
        ],
      },
      { text: 'Codes', collapsed: true, items: [{ text: 'CLI', link: '/docs/errors/cli' }] },
      { text: 'More', collapsed: true, items: [{ text: 'A', link: '/docs/a' }] },
    ]);
  });

  it.each([
    ['version: 2\ngroups: []', 1],
    ['version: 1\ngroups: {}', 2],
    ['version: 1\nother: 1\ngroups: []', 2],
    ['version: 1\ngroups:\n  - title: ""\n    pages: [a.md]', 3],
    ['version: 1\ngroups:\n  - title: A', 3],
    ['version: 1\ngroups: [', 2],
    ['[]', 1],
  ])('refuse the order %j at line %i', (text, line) => {
    const read = readContents(text, 'docs/contents.yaml', () => true);
    expect(read).toMatchObject({ ok: false, failure: [{ code: 'site-contents', place: { line } }] });
  });
});

describe('the folder of a site', () => {
  const take = async (out: string): Promise<string> => {
    const taken = await takeFolder({ out, root: join(root, 'yard'), pages: join(root, 'yard/docs') });
    if (!taken.ok) return taken.failure.code;
    await taken.value[Symbol.asyncDispose]();
    return 'taken';
  };

  it('is one of its own, empty, absent, or a site already', async () => {
    await write({
      'yard/docs/a.md': '',
      'yard/.git/HEAD': '',
      'other/file': '',
      'site/data/site.json': '{}',
    });
    await mkdir(join(root, 'empty'));
    await mkdir(join(root, 'failed/data'), { recursive: true });
    await write({ 'lured/data/site.json': '{}' });
    await symlink(join(root, 'other'), join(root, 'lured/data/models'));
    await symlink(join(root, 'yard/docs'), join(root, 'linked'));
    const found = [
      'yard',
      '.',
      'yard/docs',
      'yard/docs/x',
      'yard/.git/x',
      'linked/x',
      'other',
      'site',
      'empty',
      'failed',
      'lured',
      'new/x',
    ];
    const answers = await Promise.all(found.map(async (name) => `${name} ${await take(join(root, name))}`));
    expect(answers).toEqual([
      'yard site-folder-inside',
      '. site-folder-inside',
      'yard/docs site-folder-inside',
      'yard/docs/x site-folder-inside',
      'yard/.git/x site-folder-inside',
      'linked/x site-folder-inside',
      'other site-folder-taken',
      'site taken',
      'empty taken',
      'failed taken',
      'lured site-folder-inside',
      'new/x taken',
    ]);
  });

  it('has nothing left of a process that was killed', async () => {
    const left = [
      'data/models/a/v1/model.onnx.0123abcd.draft',
      'runs.html.01234567-89ab-4def-8123-0123456789ab',
      'data/pages.json.01234567-89ab-4def-8123-0123456789ab',
    ];
    await write({
      'yard/x': '',
      'site/data/site.json': '{}',
      'site/data/a.json': '',
      ...Object.fromEntries(left.map((file) => [`site/${file}`, ''])),
    });
    expect(await take(join(root, 'site'))).toBe('taken');
    const files = await readdir(join(root, 'site'), { recursive: true, withFileTypes: true });
    expect(
      files
        .filter((file) => file.isFile())
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['a.json', 'site.json']);
  });

  it('works behind no link that Git brought, whatever its case (S4)', async () => {
    await using rig = await gitRig();
    await rig.repository('r');
    const elsewhere = join(rig.path, 'elsewhere');
    await mkdir(join(elsewhere, 'site'), { recursive: true });
    const link = async (project: string): Promise<string | undefined> => {
      const search = { root: join(rig.path, 'r', project), repository: await rig.open('r') };
      return await linkOnTheWay(search, ['.trainyard', 'site']);
    };
    await symlink(elsewhere, join(rig.path, 'r/.trainyard'));
    await mkdir(join(rig.path, 'r/part'));
    await symlink(elsewhere, join(rig.path, 'r/part/.trainyard'));
    expect([await link('.'), await link('part')]).toEqual([undefined, undefined]);
    await writeFile(join(rig.path, 'r/.gitignore'), '.trainyard/\n');
    await rig.git('r', 'add', '.gitignore', 'part');
    await rig.git('r', 'commit', '-qm', 'a link');
    expect([await link('.'), await link('part')]).toEqual([undefined, '.trainyard']);
    await rig.git('r', 'add', '.');
    await rig.git('r', 'commit', '-qm', 'another');
    expect(await link('.')).toBe('.trainyard');
    await rig.git('r', 'mv', '.trainyard', '.Trainyard');
    await rig.git('r', 'commit', '-qm', 'another case');
    await symlink(elsewhere, join(rig.path, 'r/.trainyard'));
    expect(await link('.')).toBe('.trainyard');
    await rm(join(rig.path, 'r/.trainyard'));
    await mkdir(join(rig.path, 'r/.trainyard'));
    expect(await link('.')).toBeUndefined();
    await symlink(elsewhere, join(rig.path, 'r/.trainyard/site'));
    expect(await link('.')).toBe('.trainyard/site');
  });

  it('loses what killed builds left where they worked, and nothing of another name (S4)', async () => {
    const names = ['01234567-89ab-4def-8123-0123456789ab', 'index.html', 'photos', '.git'];
    await write(Object.fromEntries(names.map((name) => [`works/${name}/file`, ''])));
    const long = new Date(Date.now() - 3 * 86_400_000);
    for (const name of names) await utimes(join(root, 'works', name), long, long);
    await write({ 'works/11234567-89ab-4def-8123-0123456789ab/file': '' });
    await removeOld(join(root, 'works'));
    expect((await readdir(join(root, 'works'))).sort()).toEqual(
      ['11234567-89ab-4def-8123-0123456789ab', ...names.slice(1)].sort(),
    );
  });

  it('tells links to nothing before VitePress works', async () => {
    await write({ 'yard/docs/a.md': '# A\n\n[B](b.md)\n' });
    const yard = join(root, 'yard');
    const made = await makeShell({
      settings: { title: 'Yard', base: '/', pages: join(yard, 'docs') },
      out: join(root, 'site'),
      sources: { root: yard, repository: undefined },
      env: {},
      signal: AbortSignal.abort(),
    });
    expect(made).toMatchObject({
      failure: [{ code: 'site-page-broken', place: { file: 'docs/a.md', line: 3 } }],
    });
  });

  it('ends where no folder can be made, though what stands above is there', async () => {
    const out = '/proc/trainyard/site';
    await expect(takeFolder({ out, root: join(root, 'yard'), pages: undefined })).rejects.toThrow('/proc');
  });

  it('is written by one at a time', async () => {
    const folder = { out: join(root, 'site'), root: join(root, 'yard'), pages: undefined };
    await mkdir(folder.root);
    const first = await takeFolder(folder);
    const second = takeFolder(folder);
    const early = await Promise.race([second, new Promise((resolve) => setTimeout(resolve, 100, 'waits'))]);
    expect(early).toBe('waits');
    if (first.ok) await first.value[Symbol.asyncDispose]();
    const then = await second;
    expect(then.ok).toBe(true);
    if (then.ok) await then.value[Symbol.asyncDispose]();
  });
});

describe('the pages of a repository on its host', () => {
  it.each([
    ['https://github.com/owner/name.git', 'https://github.com/owner/name'],
    ['https://user:secret@github.com/owner/name', 'https://github.com/owner/name'],
    ['git@github.com:owner/name.git', 'https://github.com/owner/name'],
    ['ssh://git@gitlab.com:22/group/sub/name.git', 'https://gitlab.com/group/sub/name'],
    ['https://gitlab.example.org/a/b', 'https://gitlab.example.org/a/b'],
    ['/srv/git/name.git', undefined],
    ['https://example.org/owner/name', undefined],
    ['https://github.com/owner', undefined],
    ['git@github.com:owner/<b>', undefined],
    ['file:///srv/name', undefined],
  ])('are of %s: %s', (url, pages) => {
    expect(repositoryPages(url)).toBe(pages);
  });
});
