import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** A folder behind a server of static files, which knows nothing of sites: no rewrites, no policy but that of the pages. */
export interface ServedSite extends AsyncDisposable {
  /** With the site's base path. */
  readonly url: string;
  /** Opens a page below the base; everything that goes wrong in it is kept in `complaints`. */
  open(browser: Browser, path: string, context?: BrowserContextOptions): Promise<SitePage>;
}

export interface SitePage extends AsyncDisposable {
  readonly page: Page;
  /** What the page complained about, what was not found, what it asked of anybody else. */
  readonly complaints: readonly string[];
  /** Bytes of scripts as they are in the files, by path. */
  readonly scripts: readonly string[];
  /** What axe finds against WCAG 2.2 AA and good practice; empty when nothing. */
  axe(): Promise<readonly string[]>;
}

export async function serveSite(folder: string, base = '/'): Promise<ServedSite> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url!, 'http://site').pathname);
    if (!path.startsWith(base)) return void response.writeHead(404).end();
    const file = join(folder, path.slice(base.length), path.endsWith('/') ? 'index.html' : '');
    readFile(file).then(
      (bytes) =>
        response
          .writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
          .end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}${base}`,
    open: async (browser, path, context = {}) => {
      const page = await browser.newPage(context);
      const complaints: string[] = [];
      const scripts: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('response', (answer) => {
        if (answer.status() >= 400) complaints.push(`${answer.status()} ${answer.url()}`);
        if (answer.url().endsWith('.js')) scripts.push(new URL(answer.url()).pathname.slice(base.length));
      });
      page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(origin) && !/^(data|blob):/.test(url)) complaints.push(`asked ${url}`);
      });
      await page.goto(`${origin}${base}${path}`, { waitUntil: 'networkidle' });
      return {
        page,
        complaints,
        scripts,
        axe: () => axeOn(page),
        [Symbol.asyncDispose]: () => page.context().close(),
      };
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function axeOn(page: Page): Promise<readonly string[]> {
  const source = await readFile(
    join(import.meta.dirname, '../../../../node_modules/axe-core/axe.min.js'),
    'utf8',
  );
  await page.evaluate(source);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      readonly axe: {
        run(): Promise<{
          violations: { id: string; nodes: { target: unknown[]; failureSummary?: string }[] }[];
        }>;
      };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
    );
  });
}

/** Saves a picture for people to look at, where there is a place for them. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['TRAINYARD_SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `site-${name}.png`) });
}
