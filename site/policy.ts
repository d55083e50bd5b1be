import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { HeadConfig } from 'vitepress';

/** What VitePress writes into the head of every page: whether it is dark, and whether keys are those of a Mac. */
const known = new Set(['check-dark-mode', 'check-mac-os']);

type Minify = (
  code: string,
  file: string,
  options: { readonly minify: true },
) => Promise<{ readonly code: string }>;

let made: Promise<ReadonlySet<string>> | undefined;

/**
 * The scripts that may stand in pages: VitePress's own, as it writes them.
 *
 * @param vitepress folder of the package; absolute
 */
export function ownScripts(head: readonly HeadConfig[], vitepress: string): Promise<ReadonlySet<string>> {
  made ??= minified(head, vitepress);
  return made;
}

async function minified(head: readonly HeadConfig[], vitepress: string): Promise<ReadonlySet<string>> {
  const vite = dirname(createRequire(join(vitepress, 'package.json')).resolve('vite/package.json'));
  const { transformWithEsbuild } = (await import(pathToFileURL(join(vite, 'dist/node/index.js')).href)) as {
    readonly transformWithEsbuild: Minify;
  };
  const texts = head.flatMap(([tag, attributes, text]) =>
    tag === 'script' && known.has(attributes['id'] ?? '') && text !== undefined ? [text] : [],
  );
  const codes = texts.map((text) => transformWithEsbuild(text, 'inline-script.js', { minify: true }));
  return new Set((await Promise.all(codes)).map(({ code }) => code.trim()));
}

const scripts = /<script\b([^>]*)>([\s\S]*?)(?:<\/script|$)/gi;

/**
 * A page with the policy that its browser holds it to: the scripts that VitePress writes into it by their digests, others
 * from this site alone, and nothing is evaluated but WebAssembly. A script that is neither ends the build: somebody got one
 * into a page, and the policy has to forbid it, not to name its digest.
 */
export function withPolicy(
  html: string,
  own: ReadonlySet<string>,
  { base, page }: { readonly base: string; readonly page: string },
): string {
  const digests = new Set<string>();
  for (const [, attributes, text] of html.matchAll(scripts)) {
    const source = /^(?: type="module")? src="([^"]*)"$/.exec(attributes!)?.[1];
    if (text === '' && source?.startsWith(base) === true && !source.startsWith('//')) continue;
    if (!/^ id="[a-z-]+"$/.test(attributes!) || !own.has(text!))
      throw new Error(
        `${page}: a script stands in the page that is none of VitePress: ${shown(`<script${attributes}>${text}`)}`,
      );
    digests.add(`'sha256-${createHash('sha256').update(text!).digest('base64')}'`);
  }
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' ${[...digests].join(' ')}`.trim(),
    "style-src-elem 'self'",
    // Colours of code are attributes.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html.replace(
    /<head>/,
    () => `<head>\n    <meta http-equiv="Content-Security-Policy" content="${policy}">`,
  );
}

function shown(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}
