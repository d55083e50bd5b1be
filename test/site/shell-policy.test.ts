import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownScripts, withPolicy } from '../../site/policy.ts';

const vitepress = dirname(createRequire(import.meta.url).resolve('vitepress/package.json'));
const of = { base: '/yard/', page: 'docs/a.md' };
const page = (scripts: string): string => `<html><head>\n${scripts}</head><body></body></html>`;

describe('the policy of a page', () => {
  it("names the digests of VitePress's own scripts as it writes them, and of no other (S4)", async () => {
    const own = await ownScripts(
      [
        ['script', { id: 'check-mac-os' }, 'document.title = (1 + 1)'],
        ['script', { id: 'other' }, 'alert(1)'],
        ['link', { rel: 'icon', href: 'x' }],
      ],
      vitepress,
    );
    expect([...own]).toEqual(['document.title=2;']);
    const html = withPolicy(
      page(
        '<script type="module" src="/yard/assets/app.js"></script><script id="check-mac-os">document.title=2;</script>',
      ),
      own,
      of,
    );
    expect(html).toMatch(/script-src 'self' 'wasm-unsafe-eval' 'sha256-[^']+'; style-src-elem/);
  });

  it.each([
    '<script>alert(1)</script>',
    '<script id="check-mac-os">alert(1)</script>',
    '<SCRIPT id="check-mac-os">alert(1)',
    '<script data-src="/yard/x.js">alert(1)</script>',
    '<script src="/yard/x.js">alert(1)</script>',
    '<script src="https://example.org/x.js"></script>',
    '<script src="//example.org/x.js"></script>',
    '<script a=">" src="/yard/x.js"></script>',
    '<script type="importmap">{}</script>',
  ])('ends the build at any other script: %s (S4)', (script) => {
    expect(() => withPolicy(page(script), new Set(['ok()']), of)).toThrow(
      'docs/a.md: a script stands in the page that is none of VitePress',
    );
    expect(() => withPolicy(page(script), new Set(['ok()']), { ...of, base: '/' })).toThrow('script');
  });
});
