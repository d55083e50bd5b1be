import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { inject } from 'vitest';
import type { RunRecord } from '../../../../src/runs/index.ts';
import { openBrowser } from '../../page.ts';
import { trainyard } from './demo.ts';
import type { SitePage } from './open-site.ts';
import { serveSite } from './open-site.ts';

/** A repository and the site that was built of it, behind a server, with a browser to look at it; all gone when let go. */
export interface YardSite extends AsyncDisposable {
  readonly browser: Browser;
  /** For files of the test. */
  readonly folder: string;
  readonly yard: string;
  /** Folder of the site's files. */
  readonly files: string;
  /** With the site's base path. */
  readonly url: string;
  open(path: string, context?: BrowserContextOptions): Promise<SitePage>;
  /** Reads a file below `data/`. */
  data<T>(path: string): Promise<T>;
  /** Of all runs, the newest first. */
  records(): Promise<readonly RunRecord[]>;
}

/**
 * @param project what a copy is made of: a build leaves notes beside the records, and tests change things
 * @param change what is done in the copy before its site is built
 */
export async function openYardSite(
  project: string,
  { base = '/', change }: { readonly base?: string; readonly change?: (yard: string) => Promise<void> } = {},
): Promise<YardSite> {
  const browser = await openBrowser();
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-site-'));
  const [yard, files] = [join(folder, 'yard'), join(folder, 'site')];
  await cp(project, yard, { recursive: true });
  await change?.(yard);
  await buildOnKnownPages(yard, files, base);
  const served = await serveSite(files, base);
  const data = async <T>(path: string): Promise<T> =>
    JSON.parse(await readFile(join(files, 'data', path), 'utf8')) as T;
  return {
    browser,
    folder,
    yard,
    files,
    url: served.url,
    open: async (path, context) => await served.open(browser, path, context),
    data,
    records: async () => {
      const paths = await readdir(join(files, 'data/runs'), { recursive: true });
      const own = paths.filter((path) => /\/\d{8}-[^/]*\.json$/.test(path));
      return await Promise.all(
        own
          .sort()
          .reverse()
          .map(async (path) => await data<RunRecord>(`runs/${path}`)),
      );
    },
    [Symbol.asyncDispose]: async () => {
      await served[Symbol.asyncDispose]();
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Pages that another file of tests has let VitePress make at this base are laid down first: `site build` takes them where it
 * would make the same, which its digest tells, and makes its own where not. All data are written anew.
 */
async function buildOnKnownPages(yard: string, files: string, base: string): Promise<void> {
  const known = join(inject('sitePages'), encodeURIComponent(base));
  if (existsSync(known)) await cp(known, files, { recursive: true });
  await trainyard(yard, 'site', 'build', '--out', files, '--base', base);
  if (existsSync(known)) return;
  const data = join(files, 'data');
  const isOfPages = (path: string): boolean =>
    !path.startsWith(`${data}/`) || path === join(data, 'pages.json');
  const draft = `${known}-${process.pid}`;
  await cp(files, draft, { recursive: true, filter: isOfPages });
  // Files of tests run side by side: the first one's pages are as good as the second's.
  await rename(draft, known).catch(() => undefined);
}
