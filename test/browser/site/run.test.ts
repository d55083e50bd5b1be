import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { digestOfBytes } from '../../../src/base/index.ts';
import { picture } from './rig/open-site.ts';
import type { RunSite } from './rig/run-site.ts';
import { openRunSite, overflows, pipeline, runAddress } from './rig/run-site.ts';

let site: RunSite;
beforeAll(async () => {
  site = await openRunSite(inject('siteDemo'));
}, 400_000);
afterAll(async () => await site?.[Symbol.asyncDispose]());

describe('the page of a run', () => {
  it('shows a real run, in light and dark, at the desk and on the phone', async () => {
    await site.looksRight(runAddress(site.runs[0]!.id), 'run');
  });

  it('says the verdict, the main metric with its interval, and what it can be compared with', async () => {
    await using opened = await site.open(runAddress(site.runs[0]!.id));
    const { page } = opened;
    const header = await page.locator('.run-header').innerText();
    const { estimate, metric } = site.runs[0]!.model!.choice!;
    expect(header).toContain('pass');
    expect(header).toContain(
      `reaches ${metric} ${estimate.value.toFixed(3)} [${estimate.low.toFixed(3)}, ${estimate.high.toFixed(3)}].`,
    );
    expect(header).toContain('<img src=x onerror=alert(1)> {{ 7 * 7 }} & the ward.');
    await page.getByRole('link', { name: 'with the previous run' }).click();
    await page.waitForURL(/compare\.html/);
    const asked = new URL(page.url()).searchParams.get('runs')!;
    expect(asked.split(',')).toEqual([`${pipeline}/${site.runs[1]!.id}`, `${pipeline}/${site.runs[0]!.id}`]);
    await page.goBack();
    await page.getByRole('link', { name: '← Earlier run' }).click();
    await page.waitForURL((url) => url.searchParams.get('id') === site.runs[1]!.id);
    await page.locator('.run-header .id', { hasText: site.runs[1]!.id }).waitFor();
    await page.goBack();
    await page.locator('.run-header .id', { hasText: site.runs[0]!.id }).waitFor();
  });

  it('has every candidate with its recorded difference, and every number of the slices', async () => {
    await using opened = await site.open(runAddress(site.runs[0]!.id));
    const rows = opened.page.locator('#candidates table').first().locator('tbody tr');
    expect(await rows.count()).toBe(site.runs[0]!.models.length);
    expect(await rows.first().innerText()).toMatch(/chosen[\s\S]*best/);
    expect(await rows.nth(1).innerText()).toMatch(/noise/);
    await opened.page.locator('#candidates select').selectOption('log_loss');
    expect(await opened.page.locator('#candidates .note').nth(1).innerText()).toContain('Lower is better');
    expect(await opened.page.locator('#slices .worst').count()).toBe(2);
    expect(await opened.page.locator('#curves figure').count()).toBe(3);
  });

  it('walks over the steps by arrow keys, and shows artifacts and the log of one', async () => {
    await using opened = await site.open(runAddress(site.runs[0]!.id));
    const { page } = opened;
    await page.locator('#steps [data-stop][tabindex="0"]').focus();
    const focused = () => page.evaluate('document.activeElement.title');
    expect(await focused()).toBe('validate');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('data.patients');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toMatch(/^train\[/);
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toMatch(/^train\[/);
    await page.keyboard.press('End');
    expect(await focused()).toBe('gates');
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.locator('#steps .detail h3', { hasText: 'validate' }).waitFor();
    await page.getByRole('button', { name: /^Show log/ }).click();
    const log = page.getByRole('region', { name: 'Log of validate' });
    const artifact = site.runs[0]!.steps[0]!.artifacts.find(({ name }) => name === 'log')!;
    expect(digestOfBytes((await log.textContent())!)).toBe(artifact.digest);
    await picture(page, 'run-step');
  });

  it('gives a command that brings the bytes of an artifact out of the store', async () => {
    await using opened = await site.open(runAddress(site.runs[0]!.id));
    const { page } = opened;
    await page
      .locator('#steps table')
      .last()
      .getByRole('button', { name: 'train[logistic-regression]' })
      .click();
    const command = await page
      .locator('#steps .detail tr', { hasText: 'model' })
      .locator('.command code')
      .first()
      .innerText();
    const { artifacts } = site.runs[0]!.steps.find(({ id }) => id === 'train[logistic-regression]')!;
    const place = join(site.folder, 'artifact');
    await mkdir(place);
    await promisify(execFile)(
      'bash',
      ['-c', `${command.replace(/ model\.onnx$/, ` '${place}/model.onnx'`)}`],
      { cwd: inject('siteDemo') },
    );
    expect(digestOfBytes(await readFile(join(place, 'model.onnx')))).toBe(
      artifacts.find(({ name }) => name === 'model')!.digest,
    );
  });

  it('copies a digest and says so to those who listen', async () => {
    await using opened = await site.open(runAddress(site.runs[0]!.id), {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = opened;
    const digest = page
      .locator('#candidates')
      .getByRole('button', { name: /^Copy digest/ })
      .first();
    await digest.focus();
    expect(await page.getByRole('tooltip').innerText()).toBe(site.runs[0]!.model!.digest);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('tooltip').count()).toBe(0);
    await digest.click();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(site.runs[0]!.model!.digest);
    await page.locator('body > [role="status"]', { hasText: 'Digest copied' }).waitFor({ state: 'attached' });
  });

  it('prints with every table and without the graph', async () => {
    await using opened = await site.open(runAddress(site.runs[0]!.id));
    await opened.page.emulateMedia({ media: 'print' });
    await opened.page.setViewportSize({ width: 794, height: 1123 });
    expect(await opened.page.locator('#steps .graph').isVisible()).toBe(false);
    expect(await opened.page.locator('#steps table').last().isVisible()).toBe(true);
    await picture(opened.page, 'run-print');
    expect((await opened.page.pdf()).length).toBeGreaterThan(50_000);
  });

  it('has a list of its parts on a phone, which stays in sight and goes away when one is chosen', async () => {
    await using opened = await site.open(runAddress(site.runs[0]!.id), {
      viewport: { width: 390, height: 844 },
    });
    const { page } = opened;
    const list = page.getByRole('navigation', { name: 'On this page' });
    await list.locator('summary').focus();
    await page.keyboard.press('Enter');
    const links = await list.getByRole('link').allInnerTexts();
    const titles = await page.locator('main section > h2').allInnerTexts();
    expect(links).toEqual(titles);
    expect(await opened.axe()).toEqual([]);
    await picture(page, 'run-parts-light-phone');
    await list.getByRole('link', { name: 'Lineage' }).click();
    await expect.poll(() => list.getByRole('link').count()).toBe(0);
    expect(page.url()).toContain('#lineage');
    // The list stays at the upper edge, over nothing of the part.
    const title = page.getByRole('heading', { name: 'Lineage' });
    await expect
      .poll(async () => {
        const [bar, heading] = [await list.boundingBox(), await title.boundingBox()];
        return (
          bar !== null && heading !== null && bar.y < 60 && heading.y >= bar.y + bar.height && heading.y < 300
        );
      })
      .toBe(true);
    await picture(page, 'run-parts-there-light-phone');
    expect(await overflows(page)).toBe(false);
    await page.setViewportSize({ width: 1440, height: 900 });
    expect(await list.getByRole('link').count()).toBe(titles.length);
  });
});
