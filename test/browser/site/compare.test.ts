import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { RunRecord } from '../../../src/runs/index.ts';
import { measurePairs } from '../../../src/site/compare/measure-pairs.ts';
import type { AnswersFile, CurvesFile } from '../../../src/site/format/index.ts';
import { artifactFile, recordFile } from '../../../src/site/format/index.ts';
import { address, settled } from './rig/compare-page.ts';
import { picture, serveSite } from './rig/open-site.ts';
import type { YardSite } from './rig/yard-site.ts';
import { openYardSite } from './rig/yard-site.ts';

let site: YardSite;
/** The newest first. */
let records: readonly RunRecord[];

beforeAll(async () => {
  site = await openYardSite(inject('siteDemo'));
  records = await site.records();
}, 600_000);
afterAll(async () => await site?.[Symbol.asyncDispose]());

const forest = '&step=train%5Brandom-forest%5D';

describe('the page of comparisons', () => {
  it('shows runs side by side, breaks no policy and satisfies axe, in light and dark, at a desk and on a phone (V4)', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [size, width, height] of [
        ['desk', 1440, 1000],
        ['phone', 390, 844],
      ] as const) {
        await using opened = await site.open(address(records.slice(0, 4), forest), {
          colorScheme,
          viewport: { width, height },
        });
        const { page } = opened;
        await settled(page);
        await picture(page, `compare-runs-${colorScheme}-${size}`);
        await page.locator('#curves').scrollIntoViewIfNeeded();
        await page.locator('#curves').evaluate((element) => element.scrollIntoView());
        await picture(page, `compare-curves-${colorScheme}-${size}`);
        expect(opened.complaints).toEqual([]);
        expect(await opened.axe()).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
        for (const title of ['ROC curve', 'Precision and recall', 'Calibration', 'Importance of columns']) {
          expect(
            await page.getByRole('img', { name: title, exact: true }).locator('svg').count(),
            title,
          ).toBe(1);
        }
      }
    }
  });

  it('has the differences that the record has, for the same rows, seed and resamples', async () => {
    const record = records[0]!;
    const evaluate = record.steps.find(({ artifacts }) =>
      artifacts.some(({ name }) => name === 'evaluation'),
    )!;
    const read = async <T>(kind: 'curves' | 'answers', name: string): Promise<T> => {
      const { digest } = evaluate.artifacts.find((artifact) => artifact.name === name)!;
      return await site.data<T>(artifactFile(kind, digest));
    };
    const { candidates } = await read<CurvesFile>('curves', 'evaluation');
    const of = async (step: string) => {
      const n = candidates.findIndex((candidate) => candidate.step === step);
      return { record, step, answers: await read<AnswersFile>('answers', `predictions/${n}`) };
    };
    let compared = 0;
    for (const { metric, best, others } of record.differences!) {
      const answer = measurePairs({
        number: 1,
        base: await of(best),
        heads: await Promise.all(others.map(({ step }) => of(step))),
      });
      for (const [i, { difference }] of others.entries()) {
        const found = answer.compared[i]!.diff.chosen!.metrics.find((each) => each.metric === metric)!;
        expect(found.difference, `${metric} of ${others[i]!.step}`).toEqual(difference.difference);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(20);
  });

  it('keeps in its address which runs are compared, with which of them, and whose models', async () => {
    await using opened = await site.open(address(records.slice(0, 3)));
    const { page } = opened;
    await settled(page);
    await page.getByRole('radio', { name: 'Compare the others with B' }).check();
    await page
      .getByText(/against B:/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Remove A from the comparison' }).click();
    await page.getByLabel('Models').selectOption('train[gradient-boosting]');
    await page
      .getByText(/against A:/)
      .first()
      .waitFor();
    expect(page.url()).toContain(`${records[1]!.id},heart-disease/${records[2]!.id}`);
    expect(page.url()).toContain('step=train%5Bgradient-boosting%5D');
    await page.getByRole('combobox', { name: 'Add a run' }).fill(records[3]!.id);
    await page.getByRole('listbox', { name: 'Runs to add' }).getByRole('option').click();
    await page.getByRole('radio', { name: 'Compare the others with C' }).waitFor();
    const before = await page.locator('#metrics table').innerText();
    await page.reload();
    await settled(page);
    expect(await page.locator('#metrics table').innerText()).toBe(before);
    expect(opened.complaints).toEqual([]);
  });

  it('has a table, a file and a tip for every chart', async () => {
    await using opened = await site.open(address(records.slice(0, 3), forest));
    const { page } = opened;
    await settled(page);
    const figures = page.locator('figure.ty-chart');
    const count = await figures.count();
    expect(count).toBeGreaterThanOrEqual(7);
    for (let i = 0; i < count; i++) {
      const figure = figures.nth(i);
      await figure.getByRole('button', { name: /^Show as table/ }).click();
      expect(await figure.locator('tbody tr').count()).toBeGreaterThan(1);
    }
    expect(await opened.axe()).toEqual([]);
    const roc = figures.filter({ has: page.getByRole('heading', { name: 'ROC curve' }) });
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      roc.getByRole('button', { name: 'CSV of ROC curve' }).click(),
    ]);
    expect(saved.suggestedFilename()).toBe('roc-curve.csv');
    expect(await readFile(await saved.path(), 'utf8')).toMatch(
      /^Run,False positive rate,True positive rate,Threshold\nA /,
    );
    const [drawn] = await Promise.all([
      page.waitForEvent('download'),
      roc.getByRole('button', { name: 'SVG of ROC curve' }).click(),
    ]);
    const svg = await readFile(await drawn.path(), 'utf8');
    expect(svg).toMatch(/^<svg/);
    expect(svg).not.toContain('var(--ty-series');
    await roc.scrollIntoViewIfNeeded();
    // On the upper end of the curves.
    await roc.locator('svg.ty-plot').hover({ position: { x: 260, y: 32 } });
    await roc.locator('svg.ty-plot g[aria-label="tip"] text').waitFor();
    expect(await roc.locator('g[aria-label="tip"]').textContent()).toContain('True positive rate');
    await picture(page, 'compare-tip-light-desk');
    expect(opened.complaints).toEqual([]);
  });

  it('offers the newest runs, found by what they have, to the keyboard alone', async () => {
    await using opened = await site.open(address(records.slice(0, 1)));
    const { page } = opened;
    const field = page.getByRole('combobox', { name: 'Add a run' });
    await field.focus();
    const others = records.slice(1);
    await page.getByText(`${others.length} runs.`).waitFor();
    expect(await page.getByRole('option').allInnerTexts()).toEqual(
      others.map(({ id }) => expect.stringContaining(id)),
    );
    expect(await page.getByRole('option').first().innerText()).toMatch(/pass[\s\S]*roc_auc 0\.9/);
    await picture(page, 'compare-add-light-desk');
    expect(await opened.axe()).toEqual([]);
    const fits = others.filter(({ params }) => params['trees'] === 60);
    await field.pressSequentially('trees=60 PASS');
    await page.getByText(`${fits.length} runs.`).waitFor();
    await page.keyboard.press('ArrowDown');
    const id = await field.getAttribute('aria-activedescendant');
    expect(await page.locator(`[id="${id}"]`).innerText()).toContain(fits[1]!.id);
    await page.keyboard.press('Enter');
    await settled(page);
    expect(page.url()).toContain(fits[1]!.id);
    await field.fill('nothing has this');
    await page.getByText('No other run has all of these words').waitFor();
    await page.keyboard.press('Escape');
    expect(await page.getByRole('listbox').isVisible()).toBe(false);
    expect(opened.complaints).toEqual([]);
  });

  it('keeps its list open under the pointer, out of the way of Tab, and adds nothing while a word is composed', async () => {
    // So low that the list scrolls.
    await using opened = await site.open(address(records.slice(0, 1)), {
      viewport: { width: 1000, height: 150 },
    });
    const { page } = opened;
    const field = page.getByRole('combobox', { name: 'Add a run' });
    const list = page.getByRole('listbox', { name: 'Runs to add' });
    await field.focus();
    await list.getByRole('option').first().waitFor();
    const scrolls = `[document.querySelector('.add ul')].map((list) => list.scrollHeight > list.clientHeight)[0]`;
    expect(await page.evaluate(scrolls)).toBe(true);
    await page.locator('.add .said').click();
    expect(await list.isVisible()).toBe(true);
    const before = page.url();
    await field.dispatchEvent('keydown', { key: 'Enter', isComposing: true });
    expect(page.url()).toBe(before);
    expect(await page.evaluate('document.activeElement.getAttribute("role")')).toBe('combobox');
    await page.keyboard.press('Tab');
    expect(await list.isVisible()).toBe(false);
    expect(
      await page.evaluate(
        '[document.activeElement.tagName, document.activeElement.getAttribute("role")].join()',
      ),
    ).not.toMatch(/^BODY|listbox/);
    expect(page.url()).toBe(before);
    expect(opened.complaints).toEqual([]);
  });

  it('highlights a series by its name in the legend, and a run of the sweep by its place in the list, by keyboard', async () => {
    await using opened = await site.open(address(records.slice(0, 2)));
    const { page } = opened;
    await settled(page);
    const roc = page.getByRole('figure', { name: 'ROC curve' });
    const faint = roc.locator('[stroke-opacity="0.25"]');
    const second = roc.getByRole('button', { name: /^B:/ });
    await second.focus();
    await faint.first().waitFor({ state: 'attached' });
    await page.keyboard.press('Enter');
    expect(await second.getAttribute('aria-pressed')).toBe('true');
    await page.locator('body > [role="status"]', { hasText: /ROC curve: B: .* drawn strong/ }).waitFor({
      state: 'attached',
    });
    await page.keyboard.press('Tab');
    expect(await faint.count()).toBeGreaterThan(0);
    await second.press('Space');
    await expect.poll(() => faint.count()).toBe(0);
    const sweep = page.locator('#sweep');
    await sweep.getByLabel('Run', { exact: true }).selectOption({ index: 1 });
    const best = records.map(({ model }) => model!.choice!.estimate.value).toSorted((a, b) => b - a)[0]!;
    await sweep.getByText(`roc_auc ${Number(best.toPrecision(6))}.`).waitFor();
    await expect.poll(() => sweep.locator('circle[r="10"]').count()).toBe(1);
    await sweep.getByRole('status').getByRole('link').click();
    await page.waitForURL(/run\.html/);
    expect(opened.complaints).toEqual([]);
  });

  it('highlights runs of a sweep by their values', async () => {
    await using opened = await site.open(address(records.slice(0, 2)));
    const { page } = opened;
    await settled(page);
    await page.getByText('Highlight runs by their values').click();
    const trees = page.getByRole('group', { name: 'trees' });
    const many = records.filter(({ params }) => (params['trees'] as number) >= 60).length;
    await trees.getByLabel('from').fill('60');
    await page.getByText(`${many} of ${records.length} runs of heart-disease`).waitFor();
    await page.locator('#sweep').evaluate((element) => element.scrollIntoView());
    await picture(page, 'compare-sweep-light-desk');
    expect(opened.complaints).toEqual([]);
  });

  it('prints on paper without buttons, in dark too', async () => {
    await using opened = await site.open(address(records.slice(0, 3), forest), {
      colorScheme: 'dark',
    });
    await settled(opened.page);
    await opened.page.emulateMedia({ media: 'print' });
    expect(await opened.page.locator('button:visible', { hasText: 'Show as table' }).count()).toBe(0);
    expect((await opened.page.pdf()).byteLength).toBeGreaterThan(20_000);
  });

  describe('with runs that are not as usual', () => {
    /** A copy of the site with other records. */
    async function withRecords(name: string, changed: readonly RunRecord[]): Promise<string> {
      const copy = join(site.folder, name);
      await cp(site.files, copy, { recursive: true });
      for (const record of changed) {
        const file = join(copy, 'data', recordFile(record.pipeline, record.id));
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, JSON.stringify(record));
      }
      return copy;
    }

    it('asks for runs, for a second run, and keeps ten of eleven', async () => {
      await using none = await site.open('compare.html');
      await none.page.getByText('No runs are chosen').waitFor();
      expect(await none.axe()).toEqual([]);
      await picture(none.page, 'compare-empty-light-desk');
      await using one = await site.open(address(records.slice(0, 1)));
      await one.page.getByText('One run alone has nothing to be compared with').waitFor();
      expect(await one.page.locator('main section').count()).toBe(0);
      expect([...none.complaints, ...one.complaints]).toEqual([]);
      const more = Array.from({ length: 9 }, (_, i) => ({
        pipeline: 'heart-disease',
        id: `20200101-00000${i}-0a0b0c0d`,
      }));
      await using eleven = await site.open(address([...records.slice(0, 2), ...more]));
      await eleven.page.getByText('The first 10 of 11 runs').waitFor();
      await eleven.page
        .getByText(`heart-disease/${more[0]!.id} is left out: it is not on this site.`)
        .waitFor();
      expect(await eleven.page.getByRole('radio').count()).toBe(2);
    });

    it('shows hostile names as what they are (S4)', async () => {
      const evil = '<img src=x onerror="window.hit=1">{{ 7 * 7 }}';
      const hostile = (record: RunRecord, n: number): RunRecord => ({
        ...record,
        params: { ...record.params, [evil]: `${evil} ${n}`, constructor: n, __proto__: evil },
        environment: { ...record.environment, platform: `${evil}${n}` },
        models: record.models.map((model) => ({
          ...model,
          evaluation: {
            ...model.evaluation!,
            slices: model.evaluation!.slices.map((slice) => ({ ...slice, column: evil, value: evil })),
            importance: model.evaluation!.importance.map((one) => ({
              ...one,
              column: `${evil} ${one.column}`,
            })),
          },
        })),
      });
      await using served = await serveSite(await withRecords('hostile', records.slice(0, 2).map(hostile)));
      for (const [size, width] of [
        ['desk', 1440],
        ['phone', 390],
      ] as const) {
        await using opened = await served.open(
          site.browser,
          `${address(records.slice(0, 2))}&step=${encodeURIComponent('train[random-forest]')}`,
          {
            viewport: { width, height: 900 },
          },
        );
        const { page } = opened;
        await settled(page);
        expect(await page.locator('#parameters').innerText()).toContain(evil);
        expect(await page.evaluate('window.hit')).toBeUndefined();
        expect(await page.locator('main img').count()).toBe(0);
        expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
        expect(opened.complaints).toEqual([]);
        await picture(page, `compare-hostile-light-${size}`);
      }
    });

    it('compares models of numbers and runs of other pipelines', async () => {
      const numeric = (record: RunRecord, off: number): RunRecord => ({
        ...record,
        pipeline: off === 1 ? 'length-of-stay' : 'length-of-stay-next',
        mainMetric: 'rmse',
        steps: record.steps.map((step) => ({
          ...step,
          artifacts: step.artifacts.filter(({ name }) => name === 'held-out'),
        })),
        models: record.models.map((model) => ({
          ...model,
          evaluation: {
            task: 'regression',
            rows: 71,
            metrics: {
              rmse: { value: 2 * off, low: 1.5 * off, high: 2.6 * off },
              r2: { value: 0.5, low: 0.3, high: 0.6 },
            },
            missing: { mape: 'a true value is 0' },
            slices: [],
            importance: model.evaluation!.importance,
            bytes: model.bytes,
            residualQuantiles: [-6, -4, -1, 0.1, 1, 4, 7].map((value) => value * off),
          },
        })),
      });
      const changed = [numeric(records[0]!, 1), numeric(records[1]!, 1.4)];
      await using served = await serveSite(await withRecords('numbers', changed));
      await using opened = await served.open(site.browser, address(changed));
      const { page } = opened;
      await page.getByText('From the two intervals alone').waitFor();
      expect(await page.locator('#metrics').innerText()).toContain('mape');
      await page.getByRole('img', { name: 'Where residuals lie', exact: true }).locator('svg').waitFor();
      expect(await page.locator('#confusion').innerText()).toContain(
        'None of these models tells classes apart',
      );
      expect(await opened.axe()).toEqual([]);
      expect(opened.complaints).toEqual([]);
      await page.locator('#curves').evaluate((element) => element.scrollIntoView());
      await picture(page, 'compare-numbers-light-desk');
      expect(page.url()).toContain('length-of-stay-next');
    });

    it('keeps what breaks a part of the page in it, until other runs are compared', async () => {
      const models = records[2]!.models.map((model) => ({
        ...model,
        evaluation: { ...model.evaluation!, slices: [null] as never },
      }));
      const strange = { ...records[2]!, models };
      await using served = await serveSite(await withRecords('strange', [strange]));
      await using opened = await served.open(site.browser, address(records.slice(0, 3)));
      const { page } = opened;
      const broken = page.locator('#slices').getByText('This part cannot be shown');
      await broken.waitFor();
      expect(await page.locator('#metrics table').first().locator('tbody tr').count()).toBeGreaterThan(5);
      await page.getByRole('button', { name: 'Remove C' }).click();
      await broken.waitFor({ state: 'detached' });
      expect(await page.locator('#slices').innerText()).toContain('female');
      expect(opened.complaints).toEqual([]);
    });
  });
});
