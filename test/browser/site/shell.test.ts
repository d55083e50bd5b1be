import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openBrowser } from '../page.ts';
import { trainyard } from './rig/demo.ts';
import type { Handbook } from './rig/handbook.ts';
import { openHandbook } from './rig/handbook.ts';
import { picture, serveSite } from './rig/open-site.ts';

const program = join(import.meta.dirname, '../../../dist/bin/trainyard.js');
const base = '/yards/heart/';
let browser: Browser;
let book: Handbook;
let first: { readonly pagesMade: boolean };

const build = async (): Promise<{ readonly pagesMade: boolean; readonly runs: { readonly added: number } }> =>
  JSON.parse(await trainyard(book.project, 'site', 'build', '--out', book.out, '--base', base, '--json'));

/** What a request is answered that names another host, as one of a page whose name leads here suddenly does. */
async function statusAs(host: string, url: string): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    get(url, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).once('error', reject);
  });
}

beforeAll(async () => {
  browser = await openBrowser();
  book = await openHandbook(inject('siteDemo'));
  first = await build();
}, 400_000);

afterAll(async () => {
  await browser?.close();
  await book?.[Symbol.asyncDispose]();
});

describe("a repository's own pages", () => {
  it('show Markdown as its host does, and nothing of it executes (S4)', async () => {
    await using site = await serveSite(book.out, base);
    for (const colorScheme of ['light', 'dark'] as const) {
      await using opened = await site.open(browser, 'docs/', {
        colorScheme,
        viewport: { width: 1440, height: 900 },
      });
      const { page } = opened;
      const text = await page.innerText('main');
      for (const shown of [
        '{{ 7 * 7 }}',
        '{{ 8 * 8 }}',
        '<stage>',
        '<RunPage />',
        '<<< ../trainyard.yaml',
        '<script setup>',
      ])
        expect(text).toContain(shown);
      expect(text).not.toContain('trainyard/runs');
      await page.click('text=in a div');
      await page.click('summary');
      await page.click('.vp-doc h2');
      expect(await page.evaluate('window.hacked')).toBeUndefined();
      expect(await page.title()).toBe('The handbook {{ 1 + 1 }} | Heart <i>yard</i>');
      const sources = await page.evaluate(
        '[...document.querySelectorAll("main img, main source")].map((each) => each.src || each.srcset)',
      );
      expect(sources).toEqual(
        Array(3).fill(expect.stringContaining(`${base}files/handbook/pictures/one.svg`)),
      );
      expect(await page.getAttribute('text=the pipeline', 'href')).toMatch(
        /^https:\/\/github\.com\/owner\/name\/blob\/[0-9a-f]{40}\/pipelines\/heart-disease\/pipeline\.yaml$/,
      );
      await picture(page, `own-page-${colorScheme}`);
      expect(await opened.axe()).toEqual([]);
      await page.click('text=the guide');
      await page.waitForURL(/docs\/guide\.html#fast--safe$/);
      await expect.poll(() => page.innerText('h1')).toContain('Guide: a < b & more');
      expect(opened.complaints).toEqual([]);
    }
  });

  it('are found by the search, without a word to anybody else', async () => {
    await using site = await serveSite(book.out, base);
    await using opened = await site.open(browser, 'runs.html', { viewport: { width: 1280, height: 800 } });
    const { page } = opened;
    await page.keyboard.press('Control+k');
    await page.fill('.VPLocalSearchBox input', 'quagga');
    await page.waitForSelector('.VPLocalSearchBox .result');
    expect(await opened.axe()).toEqual([]);
    await page.keyboard.press('Enter');
    await page.waitForURL(/docs\/guide\.html/);
    // The address changes before the page does.
    await page.locator('main', { hasText: 'The word quagga' }).waitFor();
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(opened.complaints).toEqual([]);
  });

  it('are there without a network, as far as they were read', async () => {
    await using site = await serveSite(book.out, base);
    await using opened = await site.open(browser, 'docs/', { viewport: { width: 1280, height: 800 } });
    const { page } = opened;
    await page.click('.VPSidebar >> text=Guide');
    await page.waitForURL(/guide\.html/);
    await page.click('.VPSidebar >> text=The <b>handbook');
    await page.waitForSelector('h1:has-text("The handbook")');
    await page.context().setOffline(true);
    await page.goBack();
    await page.waitForSelector('h1:has-text("Guide")');
    await page.goBack();
    await page.waitForSelector('h1:has-text("The handbook")');
    await page.click('.VPSidebar >> text=Guide');
    await page.waitForSelector('h1:has-text("Guide")');
  });

  it('stand beside a sidebar on a phone, without sideways scrolling', async () => {
    await using site = await serveSite(book.out, base);
    await using opened = await site.open(browser, 'docs/guide.html', {
      viewport: { width: 390, height: 844 },
    });
    expect(await opened.page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
    await picture(opened.page, 'own-page-phone');
    expect(await opened.axe()).toEqual([]);
  });
});

describe('a site that is built again', () => {
  it('is left alone where nothing changed', async () => {
    expect(first.pagesMade).toBe(true);
    const before = await book.pages();
    expect(await build()).toMatchObject({ pagesMade: false, runs: { added: 0 } });
    expect(await book.pages()).toEqual(before);
  }, 400_000);

  it('stays as it was when a page is broken, and says in which line', async () => {
    const before = await book.pages();
    await book.write('handbook/broken.md', '---\ntitle: Broken\n---\n# Broken\n\nText\n[gone](gone.md)\n');
    const failed = await build().catch((error: { readonly stdout: string }) => JSON.parse(error.stdout));
    expect(failed).toMatchObject({
      failures: [
        {
          code: 'site-page-broken',
          message: 'The link to "gone.md" leads to nothing: there is no such file',
          place: { file: 'handbook/broken.md', line: 7 },
        },
      ],
    });
    expect(await book.pages()).toEqual(before);
  }, 400_000);

  it('works after somebody ended the build in the middle, and the next one heals it', async () => {
    await book.write('handbook/broken.md', '# Mended\n');
    const child = spawn(process.execPath, [program, 'site', 'build', '--out', book.out, '--base', base], {
      cwd: book.project,
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    await wait(2500);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    await using site = await serveSite(book.out, base);
    await using opened = await site.open(browser, 'docs/guide.html');
    expect(opened.complaints).toEqual([]);
    const [one, two] = await Promise.all([build(), build()]);
    expect([one.pagesMade, two.pagesMade].sort()).toEqual([false, true]);
    const pages = await book.pages();
    expect(pages.has('docs/broken.html')).toBe(true);
    expect([...pages.keys()].filter((file) => /docs_guide.*\.lean\.js$/.test(file))).toHaveLength(1);
    expect([...pages.keys()].filter((file) => /\.[0-9a-f]{8}-[0-9a-f]{4}-/.test(file))).toEqual([]);
  }, 600_000);
});

describe('a site that is served while it is written', () => {
  it('shows records, pages and settings as they come, tells mistakes, and ends', async () => {
    // What somebody committed to where VitePress works.
    await book.write(
      '.trainyard/site-dev/pages/.vitepress/config.mjs',
      `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(join(book.out, '../executed'))}, '');\nexport default {};\n`,
    );
    const child = spawn(process.execPath, [program, 'site', 'dev', '--json', '--port', '38761'], {
      cwd: book.project,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const events: { readonly kind: string; readonly url?: string; readonly line?: string }[] = [];
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop()!;
      for (const line of lines) events.push(JSON.parse(line));
    });
    const heard = async (kind: string, from = 0): Promise<(typeof events)[number]> => {
      for (;;) {
        const found = events.slice(from).find((event) => event.kind === kind);
        if (found !== undefined) return found;
        if (child.exitCode !== null) throw new Error(`it ended: ${JSON.stringify(events)}`);
        await wait(50);
      }
    };
    try {
      const { url } = await heard('ready');
      const page = await browser.newPage();
      await page.goto(`${url}docs/guide.html`);
      await page.waitForSelector('h1:has-text("Guide")');
      // Nothing of the machine but what pages are made of.
      expect((await fetch(`${url}@fs${book.project}/trainyard.yaml`)).status).toBe(403);
      expect((await fetch(`${url}data/..%2f..%2f..%2ftrainyard.yaml`)).status).toBe(404);
      expect((await fetch(`${url}data/%00`)).status).toBe(404);
      expect((await fetch(`${url}.vitepress/config.ts`)).status).toBe(403);
      expect((await fetch(`${url}.vitepress/site.json`)).status).toBe(403);
      expect(await statusAs('evil.example', `${url}data/site.json`)).toBe(403);
      expect(await statusAs('evil.example', `${url}runs.html`)).toBe(403);
      // A folder of pages is found without its slash.
      expect((await fetch(`${url}docs/parts`)).url).toBe(`${url}docs/parts/`);
      expect(existsSync(join(book.out, '../executed'))).toBe(false);
      let seen = events.length;
      await trainyard(book.project, 'runs', 'tag', 'latest', 'seen-live');
      await heard('refreshed', seen);
      // What changes while nothing of what Vite tells reaches the page.
      await page.routeWebSocket(/./, () => undefined);
      await page.reload();
      await page.waitForSelector('main >> text=quagga');
      await book.write('handbook/guide.md', '# Guide\n\nAnother word: tapir.\n');
      await page.waitForSelector('main >> text=tapir');
      seen = events.length;
      await book.write('handbook/guide.md', '# Guide\n\nA new word: okapi. [gone](gone.md)\n');
      await page.waitForSelector('main >> text=okapi');
      expect((await heard('said', seen)).line).toContain('handbook/guide.md:3: the link to "gone.md"');
      seen = events.length;
      await book.write('pipelines/heart-disease/model-card.md', '# Notes\n\nFor the ward.\n');
      await heard('refreshed', seen);
      seen = events.length;
      await book.write('handbook/contents.yaml', 'version: 1\ngroups: {}\n');
      await heard('wrong', seen);
      expect(child.exitCode).toBeNull();
      await page.context().close();
    } finally {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGINT');
      expect(await ended).toBe(0);
    }
  }, 400_000);

  it('ends when the process that started it is killed', async () => {
    await rm(join(book.project, 'handbook/contents.yaml'), { force: true });
    const child = spawn(process.execPath, [program, 'site', 'dev', '--json', '--port', '38771'], {
      cwd: book.project,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    await expect.poll(() => said, { timeout: 60_000 }).toContain('"ready"');
    const url = /"url":"([^"]+)"/.exec(said)![1]!;
    expect((await fetch(url)).status).toBe(200);
    child.kill('SIGKILL');
    await expect.poll(() => fetch(url).catch(() => 'gone'), { timeout: 20_000 }).toBe('gone');
  }, 400_000);

  it('works behind no link that somebody committed (S4)', async () => {
    const project = join(book.out, '../linked');
    await mkdir(join(project, '.trainyard'), { recursive: true });
    await mkdir(join(project, 'elsewhere/pages'), { recursive: true });
    await writeFile(join(project, 'elsewhere/pages/kept'), '');
    await writeFile(join(project, 'trainyard.yaml'), 'version: 1\n');
    await symlink('../elsewhere', join(project, '.trainyard/site-dev'));
    const refused = await trainyard(project, 'site', 'dev', '--json').catch(
      (error: { readonly stdout: string }) => error.stdout,
    );
    expect(refused).toContain('site-folder-inside');
    expect(existsSync(join(project, 'elsewhere/pages/kept'))).toBe(true);
  });
});
