import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromHtml } from 'hast-util-from-html';
import { defaultSchema, sanitize } from 'hast-util-sanitize';
import { toHtml } from 'hast-util-to-html';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

/** GitHub is somewhere between them; it does not say where. */
export const mermaids = ['mermaid10', 'mermaid11'] as const;
export type Mermaid = (typeof mermaids)[number];

/**
 * Markdown as GitHub makes HTML of it. micromark keeps to CommonMark and GFM to the letter, as cmark-gfm does, raw HTML
 * included; what comes out goes through the allow-list of hast-util-sanitize, which is GitHub's. Mentions and references,
 * which GitHub links afterwards, are left as the text that they are found in.
 */
export function commentHtml(markdown: string): string {
  const html = micromark(markdown, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  return toHtml(sanitize(fromHtml(html, { fragment: true }), defaultSchema));
}

/** A folder with a page that shows a comment as a pull request does, its diagrams drawn by one Mermaid. */
export async function commentFolder(
  markdown: string,
  mermaid: Mermaid,
): Promise<{ readonly folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-comment-'));
  const own = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const { resolve } = createRequire(import.meta.url);
  const files: Readonly<Record<string, string | Buffer>> = {
    'index.html': pageOf(commentHtml(markdown)),
    'page.css': await readFile(own('page.css')),
    'page.js': await readFile(own('page.js')),
    'github-markdown.css': await readFile(resolve('github-markdown-css/github-markdown.css')),
    'axe.js': await readFile(resolve('axe-core/axe.min.js')),
    'mermaid.js': await readFile(join(installed(), 'node_modules', mermaid, 'dist/mermaid.min.js')),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return {
    folder,
    [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true }),
  };
}

/** Where scripts/test-browser.sh put the packages of test/browser/mermaid. */
function installed(): string {
  const folder = process.env['TRAINYARD_MERMAID'];
  if (folder === undefined) throw new Error('start this by npm run test:browser');
  return folder;
}

function pageOf(comment: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A comment of a pull request</title>
<link rel="stylesheet" href="github-markdown.css">
<link rel="stylesheet" href="page.css">
</head>
<body>
<main>
<article aria-label="Comment">
<h1 class="unseen">Pull request</h1>
<h2 class="author"><b>github-actions</b> <span class="bot">bot</span> commented now</h2>
<div class="markdown-body">
${comment}
</div>
</article>
</main>
<script src="axe.js"></script>
<script src="mermaid.js"></script>
<script src="page.js"></script>
</body>
</html>
`;
}
