import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { RunRecord } from '../../../../src/runs/index.ts';
import type { OverviewFile } from '../../../../src/site/format/index.ts';
import { recordFile } from '../../../../src/site/format/index.ts';
import type { SitePage } from './open-site.ts';
import { picture } from './open-site.ts';
import type { YardSite } from './yard-site.ts';
import { openYardSite } from './yard-site.ts';

/** The demo's pipeline. */
export const pipeline = 'heart-disease';

const screens = [
  ['light', 'desk', 1440, 900],
  ['dark', 'desk', 1440, 900],
  ['light', 'phone', 390, 844],
  ['dark', 'phone', 390, 844],
] as const;

/** The site of a project behind a server, whose data files a test may change. */
export interface RunSite extends AsyncDisposable {
  /** For files of the test; gone with the site. */
  readonly folder: string;
  /** The newest first. */
  readonly runs: readonly RunRecord[];
  /** Opens a page and waits for its heading. */
  open(path: string, context?: Parameters<YardSite['open']>[1]): Promise<SitePage>;
  /** Reads a file below `data/`. */
  data<T>(path: string): Promise<T>;
  write(path: string, value: unknown): Promise<void>;
  /** A copy of the newest record with changes, in the site but not in its list; the address of its page. */
  changed(id: string, change: (real: RunRecord) => unknown): Promise<string>;
  /** In light and dark, at the desk and on the phone: nothing breaks, nothing scrolls sideways, axe finds nothing. */
  looksRight(path: string, name: string): Promise<string>;
}

export function runAddress(id: string, of = pipeline): string {
  return `run.html?${new URLSearchParams({ pipeline: of, id })}`;
}

export async function overflows(page: Page): Promise<boolean> {
  return (await page.evaluate('document.documentElement.scrollWidth > innerWidth')) as boolean;
}

/** Builds the site of a project into a folder of its own. */
export async function openRunSite(project: string): Promise<RunSite> {
  const site = await openYardSite(project);
  const place = (path: string): string => join(site.files, 'data', path);
  const write = async (path: string, value: unknown): Promise<void> => {
    await mkdir(dirname(place(path)), { recursive: true });
    await writeFile(place(path), JSON.stringify(value));
  };
  const { newest } = await site.data<OverviewFile>('overview.json');
  const runs = await Promise.all(newest.map(({ id }) => site.data<RunRecord>(recordFile(pipeline, id))));
  const open: RunSite['open'] = async (path, context = {}) => {
    const opened = await site.open(path, { viewport: { width: 1440, height: 900 }, ...context });
    await opened.page.locator('h1').waitFor();
    return opened;
  };
  return {
    folder: site.folder,
    runs,
    open,
    data: site.data,
    write,
    changed: async (id, change) => {
      await write(recordFile(pipeline, id), change({ ...runs[0]!, id }));
      return runAddress(id);
    },
    looksRight: async (path, name) => {
      let text = '';
      for (const [colorScheme, size, width, height] of screens) {
        await using opened = await open(path, { colorScheme, viewport: { width, height } });
        await opened.page.locator('h2, .empty').first().waitFor();
        await picture(opened.page, `${name}-${colorScheme}-${size}`);
        expect(await opened.axe()).toEqual([]);
        expect(await overflows(opened.page)).toBe(false);
        expect(opened.complaints).toEqual([]);
        text = await opened.page.locator('main').innerText();
      }
      return text;
    },
    [Symbol.asyncDispose]: async () => await site[Symbol.asyncDispose](),
  };
}
