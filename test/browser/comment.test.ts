import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pullReportMarkdown } from '../../src/report/index.ts';
import { attacks } from '../report/pull-request/attacks.ts';
import { diagramsOf, referring } from '../report/pull-request/rendered.ts';
import { reportWith } from '../report/pull-request/reports.ts';
import type { Mermaid } from './comment/comment-page.ts';
import { mermaids } from './comment/comment-page.ts';
import type { Inspected, OpenedComment } from './comment/open-comment.ts';
import { openComment } from './comment/open-comment.ts';
import { openBrowser } from './page.ts';

/** The comments as people get them, in Chromium, with the sanitiser and the diagrams of GitHub. */
const golden = fileURLToPath(new URL('../golden/', import.meta.url));
const comments = [
  ...['good', 'bad', 'noisy', 'new-data', 'first', 'broken-data', 'unchanged'],
  'hostile',
] as const;
const addresses = [
  'https://github.com/octo-org/heart/actions/runs/1234567890',
  'https://octo-org.github.io/heart/',
];
const desk = { width: 912, height: 900 };
const phone = { width: 390, height: 844 };

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => await browser?.close());

async function shoot({ page }: OpenedComment, name: string): Promise<void> {
  const folder = process.env['TRAINYARD_SCREENSHOTS'];
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `comment-${name}.png`), fullPage: true });
}

/** Whatever the report, and whoever wrote it. */
function expectHarmless(
  { elements, attributes, links, drawnElements, drawnLinks, text, bareTables }: Inspected,
  allowed: readonly string[],
): void {
  const ours = ['a', 'code', 'details', 'div', 'h3', 'h4', 'li', 'p', 'pre', 'strong', 'summary', 'ul'];
  const ofTables = ['table', 'tbody', 'td', 'th', 'thead', 'tr'];
  expect([...ours, ...ofTables]).toEqual(expect.arrayContaining([...elements]));
  expect(['a href', 'code class', 'details open', 'div class', 'td align', 'th align']).toEqual(
    expect.arrayContaining([...attributes]),
  );
  expect(links).toEqual(allowed);
  expect(text).not.toMatch(referring);
  for (const name of ['a', 'image', 'img', 'script', 'iframe', 'use', 'object', 'animate', 'set', 'form'])
    expect(drawnElements).not.toContain(name);
  expect(drawnLinks).toEqual([]);
  expect(bareTables).toBe(0);
}

/** What somebody with a screen reader, a phone or a keyboard needs of it. */
async function expectReadable(comment: OpenedComment): Promise<void> {
  const { headings, drawnNames, overflow, spilling } = await comment.inspect();
  expect(headings[0] ?? 'h3').toBe('h3');
  expect(headings.slice(1).every((level) => level === 'h4')).toBe(true);
  for (const name of drawnNames) expect(name).toMatch(/^[A-Z]/);
  expect([overflow, spilling]).toEqual([0, []]);
}

describe.each(mermaids)('the comment of a pull request on its page, drawn by %s (P1)', (mermaid: Mermaid) => {
  it.each(comments)('is whole, harmless and readable: %s', async (name) => {
    const markdown = await readFile(join(golden, `comment-${name}.md`), 'utf8');
    await using comment = await openComment(browser, { markdown, mermaid, viewport: desk });
    for (const colorScheme of ['light', 'dark'] as const) {
      if (colorScheme === 'dark') await comment.redraw({ colorScheme });
      const drawings = await comment.drawings();
      expect(drawings.map(({ problem }) => problem)).toEqual(diagramsOf(markdown).map(() => null));
      expectHarmless(await comment.inspect(), name === 'unchanged' ? [] : addresses);
      for (const [size, viewport] of Object.entries({ desk, phone })) {
        await comment.page.setViewportSize(viewport);
        for (const open of [false, true]) {
          await comment.openAll(open);
          await expectReadable(comment);
          const suffix = `${size}-${colorScheme}${open ? '-open' : ''}`;
          // Folded, nothing of a diagram is seen: one of the two is enough.
          if (open || mermaid === 'mermaid11') await shoot(comment, `${name}-${suffix}-${mermaid}`);
        }
      }
      await comment.page.setViewportSize(desk);
      expect(await comment.complaintsOfAxe()).toEqual([]);
    }
    expect(comment.complaints).toEqual([]);
  });

  it('holds as much as a comment may, and draws all of it', async () => {
    const words = ['pulse at rest', 'roc_auc', ...attacks.slice(0, 12)];
    const report = reportWith((at) => `${words[at % words.length]} ${at}`, 10);
    const markdown = pullReportMarkdown(report);
    expect(markdown.length).toBeLessThanOrEqual(60_000);
    expect(markdown.length).toBeGreaterThan(45_000);
    await using comment = await openComment(browser, { markdown, mermaid, viewport: phone });
    expect((await comment.drawings()).filter(({ problem }) => problem !== null)).toEqual([]);
    await comment.openAll(true);
    expectHarmless(await comment.inspect(), []);
    await expectReadable(comment);
    expect(comment.complaints).toEqual([]);
  });
});

describe('the first look at a comment (P1)', () => {
  it('shows the verdict, then gates and metrics, and folds what few need', async () => {
    const markdown = await readFile(join(golden, 'comment-bad.md'), 'utf8');
    await using comment = await openComment(browser, { markdown, mermaid: 'mermaid11', viewport: phone });
    const { page } = comment;
    const text = await page.locator('.markdown-body').innerText();
    expect(text).toMatch(/^❌ heart-disease: fail\s+roc_auc 0\.80 → 0\.51.*worse.*1 gate fails/);
    expect(text.indexOf('Gates')).toBeLessThan(text.indexOf('Metrics'));
    // Within one screen of a phone.
    for (const words of ['heart-disease: fail', '1 gate fails', 'is not at least 0.8'])
      expect((await page.getByText(words).first().boundingBox())!.y, words).toBeLessThan(phone.height);
    const folded = page.locator('details').last();
    await expect.poll(() => folded.locator('.diagram').isVisible()).toBe(false);
    await folded.locator('summary').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => folded.locator('.diagram').isVisible()).toBe(true);
    await folded.locator('summary').click();
    await expect.poll(() => folded.locator('.diagram').isVisible()).toBe(false);
  });

  it.each(['light', 'dark'] as const)('is in the README, in the %s theme', async (colorScheme) => {
    const name = `docs/images/pull-request-comment-${colorScheme}.png`;
    const file = fileURLToPath(new URL(`../../${name}`, import.meta.url));
    // UPDATE_GOLDEN=1 takes the pictures anew; letters differ from machine to machine, so nobody compares them.
    if (process.env['CI'] === undefined && process.env['UPDATE_GOLDEN'] !== undefined) {
      const markdown = await readFile(join(golden, 'comment-good.md'), 'utf8');
      const viewport = { width: 800, height: 900 };
      await using comment = await openComment(browser, {
        ...{ markdown, mermaid: 'mermaid11', viewport, colorScheme, deviceScaleFactor: 1.25 },
      });
      await comment.drawings();
      await comment.page.locator('article').screenshot({ path: file });
    }
    expect((await stat(file)).size).toBeLessThan(200_000);
    expect(await readFile(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8')).toContain(
      name,
    );
  });
});

describe('the page itself', () => {
  it.each(mermaids)('notices what must not be, and a diagram that %s cannot draw', async (mermaid) => {
    const markdown = [
      '#### Not the first heading\n',
      '<script>alert(1)</script><img src="https://evil.example/x.png" onerror="alert(1)">\n',
      '@octocat [look](https://evil.example/)\n',
      '```mermaid\nflowchart LR\n  a -->\n```\n',
      `${'x'.repeat(300)}\n`,
    ].join('\n');
    await using comment = await openComment(browser, { markdown, mermaid, viewport: phone });
    expect(await comment.drawings()).toEqual([{ problem: expect.stringMatching(/error|expecting/i) }]);
    const found = await comment.inspect();
    // GitHub's allow-list takes the script and the handler away, and leaves image and link.
    expect(found.elements).not.toContain('script');
    expect(found.attributes).not.toContain('img onerror');
    expect(() => expectHarmless(found, [])).toThrow();
    expect([found.links, found.headings]).toEqual([['https://evil.example/'], ['h4']]);
    expect(found.text).toMatch(referring);
    expect(comment.complaints.join('\n')).toMatch(/evil\.example/);
  });
});
