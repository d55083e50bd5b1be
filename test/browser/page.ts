import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

/** As strict as a policy can be that lets WebAssembly run. */
const strictest =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; base-uri 'none'; require-trusted-types-for 'script'";

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/** A folder behind a server of files, opened in a browser; everything that goes wrong in the page is kept. */
export interface OpenedPage extends AsyncDisposable {
  readonly page: Page;
  readonly url: string;
  /** What the page complained about, and what it asked of anybody else. */
  readonly complaints: readonly string[];
}

export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env['TRAINYARD_CHROMIUM'];
  if (executablePath === undefined) throw new Error('start this by npm run test:browser');
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  return await chromium.launch({ executablePath, args });
}

export interface OpenOptions extends BrowserContextOptions {
  readonly file?: string;
  /** Content-Security-Policy of all answers. Default: as strict as can be. */
  readonly policy?: string;
}

export async function openFolder(
  browser: Browser,
  folder: string,
  { file = 'index.html', policy = strictest, ...context }: OpenOptions = {},
): Promise<OpenedPage> {
  const server: Server = createServer((request, response) => {
    const path = normalize(new URL(request.url!, 'http://page').pathname);
    readFile(join(folder, path)).then(
      (bytes) => {
        const type = types[extname(path)] ?? 'application/octet-stream';
        response.writeHead(200, { 'content-type': type, 'content-security-policy': policy }).end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const page = await browser.newPage(context);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(`${url}${file}`);
  return {
    page,
    url,
    complaints,
    [Symbol.asyncDispose]: async () => {
      await page.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
