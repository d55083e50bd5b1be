import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/** Of the page of runs in a real browser, each time without anything in its caches; the middle of some rounds. */
export async function measurePage(folder, { rounds }) {
  const server = await serve(folder);
  const browser = await chromium.launch({
    executablePath: browserPath(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const all = [];
    for (let round = 0; round < rounds; round++) all.push(await oneRound(browser, server.url));
    const middle = (name) => all.map((each) => each[name]).sort((a, b) => a - b)[Math.floor(rounds / 2)];
    return {
      version: browser.version(),
      firstRows: middle('firstRows'),
      allRead: middle('allRead'),
      filters: all.flatMap(({ filters }) => filters),
      scripts: await compressed(folder, all[0].scripts),
      complaints: all.flatMap(({ complaints }) => complaints),
    };
  } finally {
    await browser.close();
    server.close();
  }
}

async function oneRound(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const scripts = new Set();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('response', (answer) => {
    if (answer.url().endsWith('.js')) scripts.add(new URL(answer.url()).pathname);
  });
  await page.addInitScript(() => {
    // When the first row is in the document, the frame after the next has it on the screen.
    new MutationObserver((_, observer) => {
      if (document.querySelector('tr.run') === null) return;
      observer.disconnect();
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          window.benchFirstRows = performance.now();
        }),
      );
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(`${url}/runs.html`);
  await page.waitForFunction(() => window.benchFirstRows !== undefined);
  await page.waitForLoadState('networkidle');
  const { firstRows, allRead } = await page.evaluate(() => ({
    firstRows: window.benchFirstRows,
    allRead: Math.max(
      ...performance
        .getEntriesByType('resource')
        .filter(({ name }) => name.includes('/data/runs/'))
        .map(({ responseEnd }) => responseEnd),
    ),
  }));
  await page.waitForTimeout(1000);
  const loaded = [...scripts];
  const filters = await filterTimes(page);
  await context.close();
  return { firstRows, allRead, filters, scripts: loaded, complaints };
}

/** From the moment a condition is complete to the frame that has its rows, for some conditions. */
async function filterTimes(page) {
  await page.getByRole('button', { name: /^Condition/ }).click();
  await page.getByLabel('Condition', { exact: true }).waitFor();
  const times = [];
  for (const condition of [
    'metrics.roc_auc > 0.9 and params.trees >= 200',
    'verdict = fail or status = failed',
    'params.rate < 0.5 and not branch = x',
    'model ~ forest and seconds > 30',
    '',
  ]) {
    times.push(
      await page.evaluate(async (text) => {
        const labels = [...document.querySelectorAll('label')];
        const input = labels.find((each) => each.textContent.trim() === 'Condition').control;
        const grid = document.querySelector('[aria-rowcount]');
        const before = grid.getAttribute('aria-rowcount');
        const start = performance.now();
        input.value = text;
        input.dispatchEvent(new Event('input', { bubbles: true }));
        while (document.querySelector('[aria-rowcount]').getAttribute('aria-rowcount') === before) {
          if (performance.now() - start > 5000) return -1;
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        return performance.now() - start;
      }, condition),
    );
  }
  return times;
}

async function compressed(folder, scripts) {
  let bytes = 0;
  for (const path of scripts) bytes += gzipSync(await readFile(join(folder, path))).length;
  return { files: scripts.length, bytes };
}

async function serve(folder) {
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://site').pathname;
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    readFile(file).then(
      (bytes) =>
        response
          .writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
          .end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The browser that the tests use: TRAINYARD_CHROMIUM, or Debian's. */
function browserPath() {
  const named = process.env.TRAINYARD_CHROMIUM;
  if (named) return named;
  try {
    return execFileSync('bash', ['-c', 'command -v chromium || command -v google-chrome'], {
      encoding: 'utf8',
    }).trim();
  } catch {
    throw new Error(
      'There is no Chromium: install Debian\'s "chromium", or name one with TRAINYARD_CHROMIUM',
    );
  }
}
