import type { Browser, Page } from 'playwright-core';
import { openFolder } from '../page.ts';
import type { Mermaid } from './comment-page.ts';
import { commentFolder } from './comment-page.ts';

/** What `inspect` of page.js finds. */
export interface Inspected {
  readonly elements: readonly string[];
  readonly attributes: readonly string[];
  readonly links: readonly string[];
  readonly drawnElements: readonly string[];
  readonly drawnLinks: readonly string[];
  readonly drawnNames: readonly string[];
  readonly headings: readonly string[];
  /** Tables without a heading for each column. */
  readonly bareTables: number;
  /** All that is read outside of code, links and drawings. */
  readonly text: string;
  /** Pixels that the page is wider than its window. */
  readonly overflow: number;
  /** Elements that stand out of the comment, but for those inside of what scrolls. */
  readonly spilling: readonly string[];
}

export interface OpenedComment extends AsyncDisposable {
  readonly page: Page;
  /** What the page complained about, and what it asked of anybody else. */
  readonly complaints: readonly string[];
  drawings(): Promise<readonly { readonly problem: string | null }[]>;
  inspect(): Promise<Inspected>;
  openAll(open: boolean): Promise<void>;
  /** Loads the page again, as somebody with other settings has it. */
  redraw(settings: { readonly colorScheme: 'light' | 'dark' }): Promise<void>;
  /** Serious and critical findings of axe-core, with the elements. */
  complaintsOfAxe(): Promise<readonly string[]>;
}

export interface CommentOptions {
  readonly markdown: string;
  readonly mermaid: Mermaid;
  readonly viewport: { readonly width: number; readonly height: number };
  /** Default light. */
  readonly colorScheme?: 'light' | 'dark';
  /** Default 1. */
  readonly deviceScaleFactor?: number;
}

/** Nothing but the page's own scripts runs, and nobody else is asked; Mermaid writes styles into its drawings. */
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; base-uri 'none'";

export async function openComment(browser: Browser, options: CommentOptions): Promise<OpenedComment> {
  const { markdown, mermaid, ...context } = options;
  const made = await commentFolder(markdown, mermaid);
  const opened = await openFolder(browser, made.folder, { policy, colorScheme: 'light', ...context });
  const { page, complaints } = opened;
  return {
    page,
    complaints,
    drawings: () => page.evaluate('drawn'),
    inspect: () => page.evaluate('inspect()'),
    openAll: (open) => page.evaluate(`openAll(${open})`),
    redraw: async (settings) => {
      await page.emulateMedia(settings);
      await page.reload();
    },
    complaintsOfAxe: () => page.evaluate('complaintsOfAxe()'),
    [Symbol.asyncDispose]: async () => {
      await opened[Symbol.asyncDispose]();
      await made[Symbol.asyncDispose]();
    },
  };
}
