import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { SyntheticRun } from '../../site/table/synthetic.ts';
import { manyRuns, syntheticTable } from '../../site/table/synthetic.ts';
import { writeSynthetic } from '../../site/table/write-synthetic.ts';
import { picture } from './rig/open-site.ts';
import type { YardSite } from './rig/yard-site.ts';
import { openYardSite } from './rig/yard-site.ts';

let site: YardSite;

beforeAll(async () => {
  site = await openYardSite(inject('siteDemo'));
  await rm(join(site.files, 'data/runs'), { recursive: true });
  await writeSynthetic(join(site.files, 'data'), syntheticTable(runsWithOdd()));
}, 300_000);

afterAll(async () => await site?.[Symbol.asyncDispose]());

/** The newest failed after it measured the best model, which nothing had chosen yet. */
function runsWithOdd(): readonly SyntheticRun[] {
  const runs = manyRuns(3000);
  const { cells } = runs.at(-1)!;
  const odd = new Map([
    ...[...cells].filter(([name]) => name !== 'metric'),
    ['status', 'failed'],
    ['verdict', 'inconclusive'],
    ['metrics.roc_auc', 0.99],
    ['low.roc_auc', 0.97],
    ['high.roc_auc', 0.995],
  ] as const);
  return [...runs.slice(0, -1), { cells: odd }];
}

describe('the table of runs', () => {
  it('marks the best run of a pipeline in the column of its metric, for screen readers too', async () => {
    await using opened = await site.open('runs.html?pipeline=heart-disease&sort=-metrics.roc_auc', {
      viewport: { width: 1440, height: 900 },
    });
    const { page } = opened;
    const mark = page.locator('.runs-grid .run').first().locator('td .best');
    await mark.waitFor();
    expect(await mark.innerText()).toMatch(
      /Best: the highest roc_auc of the [\d,]+ runs of heart-disease shown\./,
    );
    expect(await page.getByRole('columnheader', { name: /roc_auc/ }).innerText()).toContain(
      'higher is better',
    );
    await picture(page, 'runs-best-light-desk');
    expect(await opened.axe()).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });

  it('shows on a phone the verdict and the main metric of each run before anything else', async () => {
    await using opened = await site.open('runs.html?sort=-metrics.roc_auc', {
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
    });
    const { page } = opened;
    await page.locator('.runs-grid .first .value').first().waitFor();
    const seen = await page.evaluate(`(() => {
      const box = document.querySelector('.grid-box').getBoundingClientRect();
      return [...document.querySelectorAll('.runs-grid .run')].slice(0, 3).map((run) =>
        [...run.querySelectorAll('.first .badge, .first .value, .first [class*=verdict]')].every((each) => {
          const { left, right } = each.getBoundingClientRect();
          return left >= box.left && right <= box.right;
        }));
    })()`);
    expect(seen).toEqual([true, true, true]);
    expect(await page.locator('.runs-grid .run .id').first().innerText()).toMatch(
      /(pass|fail|inconclusive)[\s\S]*roc_auc\s+0\.\d+\s+\[0\.\d+, 0\.\d+\][\s\S]*Best: /,
    );
    await page.locator('.grid-box').evaluate((box) => {
      (box as unknown as { scrollTop: number }).scrollTop = 86 * 1000;
    });
    await page.locator('.runs-grid .run[aria-rowindex="1004"]').waitFor();
    await picture(page, 'runs-best-dark-phone');
    expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
    expect(await opened.axe()).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });

  it('says on a phone that a run failed, and marks it as the best by the metric that it shows', async () => {
    await using opened = await site.open('runs.html', { viewport: { width: 390, height: 844 } });
    const first = opened.page.locator('.runs-grid .run .id').first();
    await first.locator('.first .value').waitFor();
    expect(await first.innerText()).toMatch(
      /failed[\s\S]*roc_auc\s+0\.99\d*\s+\[0\.97\d*, 0\.99\d*\][\s\S]*Best: the highest roc_auc/,
    );
    await picture(opened.page, 'runs-best-light-phone');
    expect(opened.complaints).toEqual([]);
  });

  it('says that not all can be chosen at once, and chooses none with the next click', async () => {
    await using opened = await site.open('runs.html', { viewport: { width: 1440, height: 900 } });
    const { page } = opened;
    await page.locator('.counts', { hasText: '3,000 runs' }).waitFor();
    const all = page.getByRole('checkbox', { name: 'Choose all runs shown' });
    await all.click();
    await page.getByText('1,000 runs chosen of 3,000: no more at once').waitFor();
    await all.click();
    await page.getByRole('region', { name: 'Chosen runs' }).waitFor({ state: 'detached' });
    expect(opened.complaints).toEqual([]);
  });
});
