import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { siteConfig } from '../../site/config.ts';
import { isThisMachine } from '../../site/dev-data.ts';
import { findVitePress } from '../../src/site/shell/find-vitepress.ts';
import { layOut } from '../../src/site/shell/lay-out.ts';

const settings = { title: 'Yard', base: '/' };
const vitepress = dirname(createRequire(import.meta.url).resolve('vitepress/package.json'));

describe('what VitePress is told', () => {
  let work: string;
  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'trainyard-laid-'));
  });
  afterAll(async () => await rm(work, { recursive: true, force: true }));

  it('ends no script with a title or a description of a page (S4)', async () => {
    const text = '</script><script setup>x()</SCRIPT >';
    const page = { path: 'a.md', title: text, description: text, body: 'x', offset: 0 };
    await layOut({
      work,
      root: work,
      settings,
      vitepress: { version: '1.6.4', folder: vitepress, program: '' },
      own: { folder: 'docs', pages: [page], pictures: [], contents: undefined },
    });
    const laid = await readFile(join(work, 'docs/a.md'), 'utf8');
    expect(laid).toContain('setup');
    expect(laid).not.toMatch(/<\/script/i);
  });

  it('is never a VitePress that a repository brings along, where Trainyard has its own (S4)', async () => {
    const manifest = join(work, 'node_modules/vitepress/package.json');
    await mkdir(dirname(manifest), { recursive: true });
    await writeFile(manifest, '{"name":"vitepress","version":"1.6.4"}');
    expect(findVitePress(work)).toMatchObject({ ok: true, value: { folder: vitepress } });
  });

  it('is asked by this machine alone: a name that leads here is not enough (S4)', () => {
    const asked = [
      '127.0.0.1:5173',
      'localhost',
      '[::1]:80',
      'a.localhost:1',
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '',
    ];
    expect(asked.map(isThisMachine)).toEqual([true, true, true, true, false, false, false, false]);
  });

  it('writes descriptions as attributes, and reads no styles or compiler settings of the repository (S4)', async () => {
    const config = siteConfig({
      settings,
      code: '/code/',
      vitepress,
      packages: join(vitepress, 'package.json'),
      problems: join(work, 'problems.json'),
    });
    const said = '"><meta http-equiv="refresh">';
    expect(await config.transformHead?.({ description: said } as never)).toEqual([
      ['meta', { name: 'description', content: said }],
    ]);
    expect(config.vite).toMatchObject({ css: { postcss: {} }, esbuild: { tsconfigRaw: '{}' } });
  });
});
