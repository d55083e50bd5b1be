import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { picture } from './rig/open-site.ts';
import type { YardSite } from './rig/yard-site.ts';
import { openYardSite } from './rig/yard-site.ts';

let site: YardSite;
beforeAll(async () => {
  site = await openYardSite(inject('siteDemo'), { base: '/yards/heart/' });
});
afterAll(async () => await site?.[Symbol.asyncDispose]());

describe('the pages of a site', () => {
  it.each(['', 'runs.html', 'compare.html', 'models.html', 'data.html'])(
    'stand below a path, break no policy, ask nobody else and satisfy axe, in light and dark: /%s (P2)',
    async (path) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const [size, width, height] of [
          ['desk', 1440, 900],
          ['phone', 390, 844],
        ] as const) {
          await using opened = await site.open(path, { colorScheme, viewport: { width, height } });
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
