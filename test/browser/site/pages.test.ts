import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openBrowser } from '../page.ts';
import { trainyard } from './rig/demo.ts';
import { picture, serveSite } from './rig/open-site.ts';

let browser: Browser;
let folder: string;

beforeAll(async () => {
  browser = await openBrowser();
  folder = await mkdtemp(join(tmpdir(), 'trainyard-site-'));
  await trainyard(
    inject('siteDemo'),
    'site',
    'build',
    '--out',
    join(folder, 'site'),
    '--base',
    '/yards/heart/',
  );
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the pages of a site', () => {
  it.each(['', 'runs.html', 'compare.html', 'models.html', 'data.html'])(
    'stand below a path, break no policy, ask nobody else and satisfy axe, in light and dark: /%s (P2)',
    async (path) => {
      await using site = await serveSite(join(folder, 'site'), '/yards/heart/');
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const [size, width, height] of [
          ['desk', 1440, 900],
          ['phone', 390, 844],
        ] as const) {
          await using opened = await site.open(browser, path, { colorScheme, viewport: { width, height } });
          await picture(
            opened.page,
            `${path === '' ? 'index' : path.replace('.html', '')}-${colorScheme}-${size}`,
          );
          expect(opened.complaints).toEqual([]);
          expect(await opened.axe()).toEqual([]);
          const overflow = await opened.page.evaluate('document.documentElement.scrollWidth > innerWidth');
          expect(overflow).toBe(false);
        }
      }
    },
  );
});
