import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ModelFile, TryFile } from '../../../src/site/format/index.ts';
import { makeModelsYard, serveVersion } from './rig/models-yard.ts';
import { askServer, askWorker, beginRows, download, loadModel, paste, rowsFor } from './rig/try-it.ts';
import type { YardSite } from './rig/yard-site.ts';
import { openYardSite } from './rig/yard-site.ts';

const base = '/yards/heart/';
const model = 'model.html?name=heart-disease';
let site: YardSite;
let file: ModelFile;

beforeAll(async () => {
  site = await openYardSite(inject('siteDemo'), { base, change: makeModelsYard });
  file = await site.data<ModelFile>('models/heart-disease.json');
}, 300_000);
afterAll(async () => await site?.[Symbol.asyncDispose]());

describe('trying a model in the page', () => {
  it('S4: answers 600 rows as the server does, to 1e-6, and refuses those that it refuses, for the same reasons', async () => {
    const { version } = file.versions.find(({ tryOut }) => tryOut.can)!;
    await using server = await serveVersion(site.yard, `heart-disease@${version}`);
    await using opened = await site.open(model);
    const tried = await site.data<TryFile>(`models/heart-disease/${version}/try.json`);
    const rows = rowsFor(tried);
    const answers = await askWorker(opened.page, site.url, tried, `models/heart-disease/${version}/`, rows);
    let most = 0;
    let refused = 0;
    const said = await askServer(`${server.url}/predict/heart-disease`, rows);
    for (const [i, row] of rows.entries()) {
      const { prediction, error } = said[i]!;
      const answer = answers[i]!;
      if (prediction === undefined) {
        refused++;
        const problems = error?.problems.map(({ row: _, ...problem }) => problem);
        expect([row, answer]).toEqual([row, { problems }]);
        continue;
      }
      if (!('answer' in answer) || 'value' in answer.answer)
        throw new Error(`${JSON.stringify(row)}: no answer`);
      expect(answer.answer.label).toBe(prediction.label);
      for (const [name, value] of Object.entries(prediction.probabilities))
        most = Math.max(most, Math.abs(answer.answer.probabilities[name]! - value));
    }
    expect(refused).toBeGreaterThan(100);
    expect(rows.length - refused).toBeGreaterThan(300);
    expect(most).toBeLessThanOrEqual(1e-6);
    expect(opened.complaints).toEqual([]);
  });

  it('shows what the server would say of the form, goes on without a network, and sends nothing', async () => {
    await using opened = await site.open(model);
    const { page } = opened;
    await loadModel(page);
    const before = await page.locator('[data-what=answer]').innerText();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.context().setOffline(true);
    await page.getByLabel('cp', { exact: true }).selectOption('typical');
    await page.getByLabel('age', { exact: true }).fill('29');
    await page.getByRole('heading', { name: 'probability of 1 by age' }).waitFor();
    expect(await page.locator('[data-what=answer]').innerText()).toMatch(/^[01]$/);
    expect(before).toMatch(/^[01]$/);
    await page.getByLabel('age', { exact: true }).fill('17');
    await page.getByText('The server would refuse this row.').waitFor();
    expect(await page.locator('[data-column=age]').innerText()).toContain('Expected >= 18.');
    await page.getByLabel('age', { exact: true }).fill('soon');
    await page.locator('[data-column=age]').getByText('Expected an integer such as -12').waitFor();
    await page.getByRole('slider', { name: 'age, slider' }).fill('64');
    expect(await page.getByLabel('age', { exact: true }).inputValue()).toBe('64');
    await page.getByLabel('What if this column were other').selectOption('chol');
    await page.getByRole('heading', { name: 'probability of 1 by chol' }).waitFor();
    await page.getByRole('button', { name: 'Begin again' }).click();
    expect(asked).toEqual([]);
    await page.context().setOffline(false);
    expect(opened.complaints).toEqual([]);
  });

  it('answers pasted rows, names lines that are wrong, and hands over a file that no spreadsheet runs', async () => {
    await using opened = await site.open(model, {
      acceptDownloads: true,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = opened;
    const { area, header, first } = await beginRows(page);
    const many = Array.from(
      { length: 2000 },
      (_, i) => `${first.replace(/^\d+/, String(18 + (i % 90)))},row ${i}`,
    );
    await paste(
      page,
      area,
      [
        `${header},note`,
        ...many,
        `${first.replace(/^\d+/, '300')},"=cmd|' /C calc'!A0"`,
        `${first},a,b`,
      ].join('\n'),
    );
    await page.getByRole('button', { name: 'Answer these rows' }).click();
    await page.getByText('2,000 rows answered, 2 refused; not asked about: note.').waitFor();
    const refused = await page.getByRole('list', { name: 'Refused rows' }).innerText();
    expect(refused).toContain('Line 2002: age: expected <= 110');
    expect(refused).toMatch(/Line 2003: expected \d+ cells as the header has, and not \d+/);
    const csv = (await download(page, 'Download as CSV')).trimEnd().split('\n');
    expect(csv).toHaveLength(2003);
    expect(csv[0]).toBe(`${header},note,label,probability 0,probability 1,problems`);
    expect(csv.slice(1, 2001).every((line) => /,[01],0\.\d+,0\.\d+,$/.test(line))).toBe(true);
    expect(csv[2001]).toContain(",'=cmd|");
    await area.fill('a,b\n1,2\n');
    await page.getByRole('button', { name: 'Answer these rows' }).click();
    await page.getByText('The first line has to name columns of the model').waitFor();
    expect(opened.complaints).toEqual([]);
  });

  it('takes no more rows than a page can answer, stays alive with a text of 300,000, and names what can', async () => {
    await using opened = await site.open(model, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = opened;
    const { area, header, first } = await beginRows(page);
    await paste(page, area, `${header}\n${`${first}\n`.repeat(303_000)}`);
    await page.getByText(/A text of [\d,]+ characters, kept beside the box/).waitFor();
    expect(await area.inputValue()).toBe('');
    await page.getByRole('button', { name: 'Answer these rows' }).click();
    const said = page.locator('#try-it').getByRole('alert');
    await said.waitFor();
    expect(await said.innerText()).toMatch(/There are more than 10,000 rows|more than 20 million characters/);
    expect(await said.innerText()).toContain('trainyard predict heart-disease@v');
    expect(await opened.axe()).toEqual([]);
    await page.getByRole('button', { name: 'Take it away' }).click();
    await paste(page, area, `${header}\n${`${first}\n`.repeat(10_000)}`);
    // At once when it is there: how fast a machine is does not matter.
    await page.evaluate(() => {
      type Found = { readonly textContent: string | null; click(): void };
      const { document: here, MutationObserver: Observer } = globalThis as unknown as {
        document: { body: unknown; querySelectorAll(name: string): Iterable<Found> };
        MutationObserver: new (seen: () => void) => { observe(on: unknown, what: object): void };
      };
      new Observer(() => {
        for (const button of here.querySelectorAll('.batch button'))
          if (button.textContent === 'Stop') button.click();
      }).observe(here.body, { childList: true, subtree: true });
    });
    await page.getByRole('button', { name: 'Answer these rows' }).click();
    await page.getByText(/^Stopped after [\d,]+ of 10,000 rows; nothing of it is kept/).waitFor();
    expect(opened.complaints).toEqual([]);
  });

  it('shows hostile rows as text, cut where they are long, a thousand columns too', async () => {
    await using opened = await site.open(model, {
      acceptDownloads: true,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = opened;
    const { area, header, first } = await beginRows(page);
    const width = header.split(',').length;
    const names = Array.from({ length: 1000 - width }, (_, i) =>
      i === 0 ? '__proto__' : `"<img src=x onerror=alert(${i})>"`.replace('(', `(${i}`),
    );
    const cells = names.map((_, i) => (i === 1 ? `"${'x'.repeat(200_000)}"` : '=1+1'));
    await paste(
      page,
      area,
      `\ufeff${header},${names.join(',')}\r\n${`${first},${cells.join(',')}\r\n`.repeat(3)}`,
    );
    await page.getByRole('button', { name: 'Answer these rows' }).click();
    await page.getByText(/^3 rows answered, 0 refused; not asked about: __proto__, .* more\./).waitFor();
    await page.getByText(/without \d+ columns; the file has all/).waitFor();
    expect((await page.locator('.batch').innerText()).length).toBeLessThan(100_000);
    const csv = await download(page, 'Download as CSV');
    expect(csv).not.toMatch(/(^|,)=1/m);
    expect(await opened.axe()).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });

  it('says of a value that is missing what the column needs, and which version asks for it', async () => {
    await using opened = await site.open(model);
    const { page } = opened;
    await loadModel(page);
    await page.getByLabel('age', { exact: true }).fill('');
    await page
      .locator('[data-column=age]')
      .getByText(/^v\d+\.\d+\.\d+ does not answer without a value: it needs an integer from 18 to 110/)
      .waitFor();
    expect(opened.complaints).toEqual([]);
  });
});
