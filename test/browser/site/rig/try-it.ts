import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { seededRandom } from '../../../../src/base/index.ts';
import type { TriedRow, TryFile } from '../../../../src/site/format/index.ts';

/** A page whose model is loaded and has answered the row that its form begins with. */
export async function loadModel(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Load v/ }).click();
  await page.locator('[data-what=answer]').waitFor({ timeout: 60_000 });
}

/** The box of rows, begun with the row of the form, and its two lines. */
export async function beginRows(
  page: Page,
): Promise<{ readonly area: Locator; readonly header: string; readonly first: string }> {
  await loadModel(page);
  await page.getByRole('button', { name: 'Begin with the row above' }).click();
  const area = page.getByLabel(/^Rows as CSV/);
  const [header, first] = (await area.inputValue()).trimEnd().split('\n') as [string, string];
  return { area, header, first };
}

/** As people do: to type so much would take a browser minutes. */
export async function paste(page: Page, area: Locator, text: string): Promise<void> {
  await page.evaluate((copied) => {
    const { clipboard } = navigator as unknown as { clipboard: { writeText(text: string): Promise<void> } };
    return clipboard.writeText(copied);
  }, text);
  await area.focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Control+V');
}

/** The file that a button hands over. */
export async function download(page: Page, button: string): Promise<string> {
  const [handed] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click(),
  ]);
  return await readFile(await handed.path(), 'utf8');
}

export interface ServerSaid {
  readonly prediction?: { readonly label: unknown; readonly probabilities: Readonly<Record<string, number>> };
  readonly error?: { readonly problems: readonly { readonly row: number }[] };
}

/** One request a row, some at the same time. */
export async function askServer(url: string, rows: readonly unknown[]): Promise<readonly ServerSaid[]> {
  const said: ServerSaid[] = [];
  for (let start = 0; start < rows.length; start += 25) {
    const asked = rows.slice(start, start + 25).map(async (row) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(row) });
      return (await response.json()) as ServerSaid;
    });
    said.push(...(await Promise.all(asked)));
  }
  return said;
}

/** Asks the worker of the site as its pages do. */
export async function askWorker(
  page: Page,
  siteUrl: string,
  tried: TryFile,
  folderOfModel: string,
  rows: readonly unknown[],
): Promise<readonly TriedRow[]> {
  const data = `${siteUrl}data/`;
  const urls = {
    module: `${data}${tried.runtime.module}`,
    program: `${data}${tried.runtime.program}`,
    folder: `${data}${folderOfModel}`,
  };
  return await page.evaluate(
    async ({ worker: path, asked }) => {
      type Said = { readonly is: string; readonly answers?: unknown; readonly problem?: string };
      const scope = globalThis as unknown as {
        Worker: new (
          path: string,
          options: object,
        ) => { postMessage(message: unknown): void; onmessage: unknown };
      };
      const worker = new scope.Worker(path, { type: 'module' });
      const ask = (question: object): Promise<Said> =>
        new Promise((done) => {
          worker.onmessage = ({ data: said }: { data: Said }) => done(said);
          worker.postMessage(question);
        });
      const loaded = await ask({ id: 1, ask: 'load', tried: asked.tried, urls: asked.urls });
      if (loaded.is !== 'loaded') throw new Error(loaded.problem);
      const said = await ask({ id: 2, ask: 'rows', rows: asked.rows });
      return said.answers as never;
    },
    { worker: `${siteUrl}workers/try-it-worker.js`, asked: { tried, urls, rows } },
  );
}

/** Rows within the contract, at its edges and beyond, with values that are missing or of another type. */
export function rowsFor({ description, start }: TryFile): readonly unknown[] {
  const random = seededRandom(6);
  const columns = description.columns;
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const good = (): Record<string, unknown> =>
    Object.fromEntries(
      columns.flatMap(
        ({ name, type, required, enum: allowed, minimum = 0, maximum = 100 }): [string, unknown][] => {
          if (!required && random() < 0.4) return random() < 0.5 ? [] : [[name, null]];
          if (allowed !== undefined) return [[name, pick(allowed)]];
          if (type === 'string') return [[name, `P${100 + Math.floor(random() * 800)}`]];
          const edge = pick([minimum, maximum, undefined, undefined, undefined]);
          const value = edge ?? minimum + random() * (maximum - minimum);
          return [[name, type === 'integer' ? Math.round(value) : value]];
        },
      ),
    );
  const bad = (): unknown => {
    const row = good();
    const { name } = pick(columns);
    const wrong = pick([null, '', 'x', true, 1e300, -1, 0.5, [], {}, '63', Number.MAX_SAFE_INTEGER, 'P1']);
    if (random() < 0.2) delete row[name];
    else row[name] = wrong;
    if (random() < 0.3) row[pick(columns).name] = pick([null, 'y', -5, 1e9]);
    return random() < 0.1 ? { ...row, stranger: 1 } : row;
  };
  return [start, ...Array.from({ length: 350 }, good), ...Array.from({ length: 250 }, bad), {}];
}
