import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ModelFile, ModelsFile, SiteFile } from '../../../src/site/format/index.ts';
import { trainyard } from './rig/demo.ts';
import { hostile, makeModelsYard } from './rig/models-yard.ts';
import { picture } from './rig/open-site.ts';
import { loadModel } from './rig/try-it.ts';
import type { YardSite } from './rig/yard-site.ts';
import { openYardSite } from './rig/yard-site.ts';

const base = '/yards/heart/';
const model = 'model.html?name=heart-disease';
let site: YardSite;
let file: ModelFile;
let builtAt: string;

beforeAll(async () => {
  site = await openYardSite(inject('siteDemo'), { base, change: makeModelsYard });
  file = await site.data<ModelFile>('models/heart-disease.json');
  ({ builtAt } = await site.data<SiteFile>('site.json'));
}, 300_000);
afterAll(async () => await site?.[Symbol.asyncDispose]());

describe('pages of models', () => {
  it('satisfy axe and keep to the width of the screen, light and dark, desk and phone, with the model loaded (P2)', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [size, width, height] of [
        ['desk', 1440, 900],
        ['phone', 390, 844],
      ] as const) {
        const context = { colorScheme, viewport: { width, height } };
        for (const path of ['models.html', `${model}&at=${file.events.at(-2)!.at}`]) {
          await using opened = await site.open(path, context);
          const { page } = opened;
          const name = path.startsWith('models') ? 'models' : 'model';
          if (name === 'model') {
            await loadModel(page);
            await page.getByRole('button', { name: 'Begin with the row above' }).click();
            await page.getByRole('button', { name: 'Answer these rows' }).click();
            await page.getByText('1 row answered').waitFor();
            await page.locator('figure.ty-chart svg').first().waitFor();
            await page
              .locator('#try-it')
              .evaluate((part) => (part as unknown as { scrollIntoView(): void }).scrollIntoView());
            await picture(page, `try-it-${colorScheme}-${size}`);
            await page.evaluate('scrollTo(0, 0)');
          }
          await picture(page, `${name}-${colorScheme}-${size}`);
          expect(opened.complaints).toEqual([]);
          expect(await opened.axe()).toEqual([]);
          expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
        }
      }
    }
  });

  it('show versions, gates, deployments and what another tool made, and run nothing that a reason holds', async () => {
    await using opened = await site.open('models.html');
    const { page } = opened;
    await page.getByRole('link', { name: 'churn' }).waitFor();
    expect(await page.getByRole('row', { name: /churn/ }).innerText()).toContain('1 request to decide');
    await page.getByRole('link', { name: 'heart-disease' }).click();
    await page.getByRole('heading', { name: 'Deployments' }).waitFor();
    const deployments = await page.locator('#deployments').innerText();
    expect(deployments).toContain('production: v1.0.0');
    expect(deployments).toContain('registry.example.org/heart');
    expect(deployments).toContain('it waits for its deployment');
    expect(await page.locator('#everything').innerText()).toContain(hostile);
    expect(await page.locator('#version').innerText()).toContain('is at least 0.85');
    expect(await page.innerText('body')).not.toContain('ada@example.org');
    for (const { version } of file.versions)
      await page.getByRole('checkbox', { name: `Compare ${version}` }).check();
    const link = await page.getByRole('link', { name: 'Compare', exact: true }).last().getAttribute('href');
    const runs = file.versions.toReversed().map(({ pipeline, run }) => `${pipeline}/${run}`);
    expect(link).toBe(`${base}compare.html?runs=${runs.join(',')}`);
    expect(opened.complaints).toEqual([]);
  });

  it('say of a model that only another tool knows what is known, and of none that there is none', async () => {
    await using opened = await site.open('model.html?name=churn');
    await opened.page.getByText('made by another tool').first().waitFor();
    expect(await opened.axe()).toEqual([]);
    expect(opened.complaints).toEqual([]);
    await using absent = await site.open('model.html?name=%3Cscript%3Ealert(1)%3C/script%3E');
    await absent.page.getByText('This site has no model of this name').waitFor();
    expect(absent.complaints).toEqual([]);
  });

  it('V4: say for any moment what stood in each stage, as the command line does, with the moment in the address', async () => {
    const times = file.events.map((event) => Date.parse(event.at));
    const moments = [
      '2020-02-29',
      ...times.flatMap((time) => [time - 1, time, time + 1].map((each) => new Date(each).toISOString())),
      '2026-11-21T12:00:00+01:00',
      '2999-12-31',
    ];
    await using opened = await site.open(`${model}&at=${moments[0]}`);
    const { page } = opened;
    for (const at of moments.filter((_, i) => i % 5 === 0 || i > moments.length - 4)) {
      const said = JSON.parse(
        await trainyard(site.yard, 'models', 'history', 'heart-disease', '--at', at, '--offline', '--json'),
      ) as { stages: Record<string, { version: string } | null> };
      await page.goto(`${site.url}${model}&at=${encodeURIComponent(at)}`, { waitUntil: 'networkidle' });
      for (const { name } of file.stages) {
        const shown = await page.locator(`[data-stage="${name}"] [data-what=version]`).innerText();
        expect([at, name, shown]).toEqual([at, name, said.stages[name]?.version ?? 'nothing']);
      }
    }
    await page.getByLabel('Date and time in UTC').fill('2026-03-01T12:30:00');
    await page.getByLabel('Date and time in UTC').blur();
    await page.waitForURL(/at=2026-03-01T12:30:00Z/);
    await page.getByRole('button', { name: 'Newest known', exact: true }).click();
    expect(page.url()).not.toContain('at=');
    expect(await page.locator('#on-a-date').innerText()).toContain(
      `When this site was built, at ${builtAt.slice(0, 10)} ${builtAt.slice(11, 19)} UTC, after ${file.events.length} of`,
    );
    expect(await page.getByLabel('Date and time in UTC').inputValue()).toMatch(/^20\d\d-/);
    const standing = file.stages.find(({ name }) => name === 'production')!.now!.version;
    expect(await page.locator('[data-stage=production] [data-what=version]').innerText()).toBe(standing);
    await page.goto(`${site.url}${model}&at=2999-12-31`, { waitUntil: 'networkidle' });
    await page.getByText('2999-12-31 23:59:59 UTC is after the site was built').waitFor();
    const last = times.at(-1)!;
    const minute = new Date(last - (last % 60_000)).toISOString().replace(':00.000Z', 'Z');
    await page.goto(`${site.url}${model}&at=${minute}`, { waitUntil: 'networkidle' });
    await page.getByText('The second is meant').waitFor();
    await page.getByRole('button', { name: /^With (it|them)$/ }).click();
    await page.getByText(`after ${file.events.length} of ${file.events.length} events`).waitFor();
    await page.goto(`${site.url}${model}&at=yesterday`, { waitUntil: 'networkidle' });
    expect(await page.getByRole('alert').innerText()).toContain('yesterday is no moment');
    expect(opened.complaints).toEqual([]);
  });

  it('take a date that somebody types, key by key', async () => {
    await using opened = await site.open(model);
    const { page } = opened;
    for (const [field, name] of [
      ['Date and time in UTC', 'at'],
      ['From', 'from'],
    ] as const) {
      await page.getByLabel(field, { exact: true }).focus();
      // February has no 31st on the way, and a year is 0002 before it is 2025.
      await page.keyboard.type('12312025', { delay: 20 });
      expect(await page.getByLabel(field, { exact: true }).inputValue()).toMatch(/^2025-12-31T/);
      await page.keyboard.type('0230', { delay: 20 });
      await page.keyboard.type('00PM', { delay: 20 });
      await page.getByLabel(field, { exact: true }).blur();
      await page.waitForURL(new RegExp(`[?&]${name}=2025-12-31T14:30:00Z`));
      expect(await page.getByLabel(field, { exact: true }).inputValue()).toMatch(/^2025-12-31T14:30/);
    }
    expect(opened.complaints).toEqual([]);
  });

  it('know nothing newer than the site, and keep still while somebody reads', async () => {
    await using opened = await site.open(model);
    const { page } = opened;
    await page.clock.install({ time: Date.parse(builtAt) + 40 * 86_400_000 });
    await page.goto(`${site.url}${model}`);
    const asked = page.getByLabel('Date and time in UTC');
    await asked.waitFor();
    const said = page.locator('#on-a-date [role=status]');
    const before = [await said.innerText(), await asked.inputValue()];
    expect(before[0]).toContain('When this site was built');
    expect(before[1]).toBe(builtAt.slice(0, 19));
    await page.clock.runFor(120_000);
    expect([await said.innerText(), await asked.inputValue()]).toEqual(before);
    const day = new Date(Date.parse(builtAt) + 86_400_000).toISOString();
    await page.goto(`${site.url}${model}&at=${day}`);
    await page.getByText('is after the site was built').waitFor();
    expect(opened.complaints).toEqual([]);
  });

  it('hold 200 versions with their history, and a page that goes on', async () => {
    const data = join(site.files, 'data');
    const listed = await site.data<ModelsFile>('models.json');
    const path = 'models/many.json';
    await writeFile(join(data, path), JSON.stringify(manyVersions(file)));
    const own = { ...listed.models.find(({ name }) => name === file.name)!, name: 'many', file: path };
    await writeFile(
      join(data, 'models.json'),
      JSON.stringify({ ...listed, models: [...listed.models, own] }),
    );
    await using opened = await site.open('model.html?name=many', {
      viewport: { width: 1440, height: 900 },
    });
    const { page } = opened;
    await page.getByRole('heading', { name: 'Versions', exact: true }).waitFor();
    expect(await page.locator('#versions tbody tr').count()).toBe(200);
    expect(await page.locator('.bar').count()).toBe(200);
    const least =
      "Math.min(...[...document.querySelectorAll('.bar')].map((bar) => bar.getBoundingClientRect().width))";
    expect(await page.evaluate(least)).toBeGreaterThan(3);
    await page.locator('#stages').scrollIntoViewIfNeeded();
    await picture(page, 'model-many-light-desk');
    expect(await opened.axe()).toEqual([]);
    expect(opened.complaints).toEqual([]);
    await writeFile(join(data, 'models.json'), JSON.stringify(listed));
  });

  it('show the history of stages to those who use keys, and as a table', async () => {
    await using opened = await site.open(model);
    const { page } = opened;
    const lane = page.getByRole('group', { name: 'What stood in production' });
    await lane.locator('.bar').last().focus();
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('.about').innerText()).toMatch(/v1\.0\.0 in production.*rollback/s);
    await page.keyboard.press('Home');
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toMatch(
      /^v1\.0\.0 in production from/,
    );
    await page.getByRole('button', { name: 'Closer' }).click();
    await page.waitForURL(/from=.*to=/);
    await page.getByRole('button', { name: 'All', exact: true }).click();
    expect(page.url()).not.toContain('from=');
    await page.locator('.timeline').getByRole('button', { name: 'Show as table' }).click();
    const rows = page.getByRole('table', { name: 'What stood in each stage' }).locator('tbody tr');
    expect(await rows.count()).toBe(file.events.filter(({ kind }) => kind === 'assign').length);
    expect(opened.complaints).toEqual([]);
  });
});

/** A version a day, each in staging at once, every third rolled back to. */
function manyVersions(file: ModelFile): ModelFile {
  const like = file.events.find((event) => event.kind === 'assign')!;
  const at = (day: number): string => new Date(Date.UTC(2026, 0, 1 + day)).toISOString();
  const name = (i: number): string => `v1.${i}.0`;
  const days = Array.from({ length: 200 }, (_, i) => i);
  return {
    ...file,
    name: 'many',
    versions: days.toReversed().map((i) => ({
      ...file.versions[0]!,
      version: name(i),
      tag: `many@${name(i)}`,
      at: at(i),
      stages: [],
    })),
    events: days.map((i) => ({
      ...like,
      name: name(i),
      stage: 'staging',
      counter: i + 1,
      cause: i % 3 === 2 ? 'rollback' : 'promotion',
      tag: `many#staging#${i + 1}`,
      at: at(i),
    })) as ModelFile['events'],
  };
}
