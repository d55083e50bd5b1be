import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { changeData } from './rig/data-yard.ts';
import { picture } from './rig/open-site.ts';
import type { YardSite } from './rig/yard-site.ts';
import { openYardSite } from './rig/yard-site.ts';

let site: YardSite;
beforeAll(async () => {
  site = await openYardSite(inject('siteDemo'), { change: changeData });
}, 600_000);
afterAll(async () => await site?.[Symbol.asyncDispose]());

const patients = 'dataset.html?pipeline=heart-disease&name=patients';
const views = (['light', 'dark'] as const).flatMap((colorScheme) => [
  { colorScheme, size: 'desk', viewport: { width: 1440, height: 900 } },
  { colorScheme, size: 'phone', viewport: { width: 390, height: 844 } },
]);

describe('the pages of datasets', () => {
  it.each([
    ['data', 'data.html'],
    ['dataset', patients],
    ['dataset-unknown', 'dataset.html?pipeline=heart-disease&name=%3Cimg%20src%3Dx%3E'],
  ])('satisfy axe and break no policy, in light and dark, on desk and phone: %s', async (name, path) => {
    for (const { size, ...context } of views) {
      await using opened = await site.open(path, context);
      await opened.page.waitForSelector(name === 'dataset' ? '#profile table' : 'main :is(table, .empty)');
      await picture(opened.page, `${name}-${context.colorScheme}-${size}`);
      expect(opened.complaints).toEqual([]);
      expect(await opened.axe()).toEqual([]);
      expect(await opened.page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
    }
  });

  it('say who owns a dataset, what its contract demands and what its checks found (D7)', async () => {
    await using opened = await site.open('data.html');
    const { page } = opened;
    const row = page.getByRole('row', { name: /patients/ });
    await row.getByText('Grace Hopper').waitFor();
    for (const text of ['cardiology', 'latency 4 d', 'row-count: measured 290', '2 versions in 5 runs'])
      expect(await row.getByText(text).count(), text).toBe(1);
    // Words of a contract are words: neither a tag nor an address of them is anything else.
    expect(await row.getByText('<img src=x onerror=alert(1)>').count()).toBe(1);
    expect(await page.locator('[href^="javascript:"]').count()).toBe(0);
    await row.getByRole('link', { name: 'patients' }).click();
    await page.locator('#contract table').waitFor();
    const age = page.locator('#contract').getByRole('row', { name: /^age/ });
    expect(await age.textContent()).toContain('at least 18; at most 110');
    expect(await page.locator('#checks').textContent()).toContain('1 of 41 checks does not hold, a warning');
    await page.locator('#checks').getByRole('button', { name: 'Show all' }).click();
    expect(await page.locator('#checks tbody tr').count()).toBe(41);
    expect(await page.locator('#monitoring').textContent()).toContain('not watched here yet');
    expect(opened.complaints).toEqual([]);
  });

  it('hide what the record hides, and draw what it holds', async () => {
    await using opened = await site.open(patients);
    const { page } = opened;
    const profile = page.locator('#profile');
    expect(await profile.getByRole('row', { name: /^patient_id/ }).textContent()).toContain(
      'personal, not recorded',
    );
    await profile.getByRole('button', { name: 'Distribution of chol' }).click();
    await profile.locator('.ty-chart svg').waitFor();
    await profile.getByRole('button', { name: /Show as table/ }).click();
    expect(await profile.locator('.ty-chart tbody tr').count()).toBe(20);
    await picture(page, 'dataset-chart');
    await profile.getByRole('combobox').selectOption({ index: 1 });
    await profile.getByText('recorded it: 303 rows').waitFor();
    expect(opened.complaints).toEqual([]);
    expect(await opened.axe()).toEqual([]);
  });

  it('tell what is different between two versions, and which runs and models used each', async () => {
    await using opened = await site.open(patients);
    const { page } = opened;
    const versions = page.locator('#versions');
    await versions.getByText('Columns that changed').waitFor();
    const difference = (await versions.locator('.difference').textContent()) ?? '';
    for (const text of [
      '303 → 290 rows',
      '1 file changed',
      'version 1.0.0 → 1.1.0',
      '1 column of 14 drifted',
    ])
      expect(difference).toContain(text);
    expect(await versions.locator('.difference').getByRole('row', { name: /^age/ }).textContent()).toContain(
      'strong',
    );
    const older = versions.getByRole('row', { name: /heart-disease v1\.0\.0/ });
    expect(await older.textContent()).toContain('production');
    await versions.getByLabel('Before').selectOption({ index: 0 });
    await versions.getByText('Choose two versions.').waitFor();
    await versions.getByLabel('After').selectOption({ index: 1 });
    await versions.getByText('290 → 303 rows').waitFor();
    const spans = page.locator('#history tbody tr');
    expect(await spans.count()).toBe(2);
    await older.getByRole('link', { name: /^4/ }).click();
    await page.waitForURL(/runs\.html\?where=/);
    await page
      .getByText(/of 5 runs/)
      .first()
      .waitFor();
    expect(await page.locator('tr.run').count()).toBe(4);
    expect(opened.complaints).toEqual([]);
  });
});
