import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { comparisonAddress, mostRuns } from '../../../site/compare/address.ts';
import type { RunRecord } from '../../../src/runs/index.ts';
import type { CompareFile } from '../../../src/site/format/index.ts';
import { trainyard } from './rig/demo.ts';
import { picture } from './rig/open-site.ts';
import type { YardSite } from './rig/yard-site.ts';
import { openYardSite } from './rig/yard-site.ts';

const forest = 'train[random-forest]';
let site: YardSite;
/** All of the same held-out rows and with predictions: the newest first. */
let records: readonly RunRecord[];

beforeAll(async () => {
  site = await openYardSite(inject('siteDemo'), {
    change: async (yard) => {
      for (const trees of [3, 5, 9, 30, 90, 120, 150])
        await trainyard(yard, 'run', 'heart-disease', '--param', `trees=${trees}`, '--param', 'seed=7');
    },
  });
  const all = await site.records();
  records = all.filter(({ params }) => params['seed'] === 7).slice(0, mostRuns);
}, 600_000);
afterAll(async () => await site?.[Symbol.asyncDispose]());

describe('ten runs that were measured', () => {
  it('are compared row by row, each with its line, its column and its difference (V4)', async () => {
    expect(records.length).toBe(mostRuns);
    const { answers } = await site.data<CompareFile>('compare.json');
    expect(answers.length).toBeGreaterThanOrEqual(mostRuns);
    const address = comparisonAddress({ runs: records, base: 0, step: forest }).slice(1);
    for (const [size, width, height] of [
      ['desk', 1440, 1000],
      ['phone', 390, 844],
    ] as const) {
      await using opened = await site.open(address, { viewport: { width, height } });
      const { page } = opened;
      const bases = page.getByRole('list', { name: 'Where the differences come from' });
      await bases.getByText('Measured here, row by row').waitFor();
      // All of them, and nothing from intervals alone.
      expect(await bases.getByRole('listitem').first().innerText()).toMatch(
        /^B, C, D, E, F, G, H, I and J against A/,
      );
      expect(await bases.innerText()).not.toContain('From the two intervals alone');
      expect(await page.locator('#metrics thead th').count()).toBe(1 + mostRuns);
      const main = page.locator('#metrics tbody tr').first();
      expect(await main.locator('.difference').count()).toBe(mostRuns - 1);
      for (const title of ['ROC curve', 'Precision and recall', 'Calibration']) {
        const figure = page.getByRole('figure', { name: title, exact: true });
        await figure.locator('svg.ty-plot').waitFor();
        expect(await figure.getByRole('list').getByRole('button').count()).toBe(mostRuns);
        const lines = await figure
          .locator('g[aria-label="line"] path')
          .evaluateAll((paths) => paths.map((path) => path.closest('[stroke]')!.getAttribute('stroke')));
        expect(new Set(lines.filter((stroke) => stroke?.includes('series'))).size, title).toBe(mostRuns);
      }
      const worse = await page.locator('#glance .worse').allInnerTexts();
      const worseCells = await page.locator('#metrics .difference.worse').count();
      expect(worseCells > 0).toBe(worse.length > 0);
      expect(worse.join(' ').match(/ \(/g)?.length ?? 0).toBe(worseCells);
      expect(await page.getByRole('combobox', { name: 'Add a run' }).count()).toBe(0);
      expect(await opened.axe()).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
      expect(opened.complaints).toEqual([]);
      await picture(page, `compare-ten-light-${size}`);
      await page.locator('#metrics').evaluate((element) => element.scrollIntoView());
      await picture(page, `compare-ten-metrics-light-${size}`);
      await page.locator('#curves').evaluate((element) => element.scrollIntoView());
      await picture(page, `compare-ten-curves-light-${size}`);
    }
  });
});
