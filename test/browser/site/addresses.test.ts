import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { YardSite } from './rig/yard-site.ts';
import { openYardSite } from './rig/yard-site.ts';

let site: YardSite;
beforeAll(async () => {
  site = await openYardSite(inject('siteDemo'));
}, 300_000);
afterAll(async () => await site?.[Symbol.asyncDispose]());

const values = [
  '__proto__',
  'constructor,toString,__proto__',
  '-hasOwnProperty',
  '{"where":[',
  '<img src=x onerror=alert(1)>',
  'javascript:alert(1)',
  '../../../etc/passwd',
  '%00\u{10ffff}\ufeff',
  '9'.repeat(400),
  '((('.repeat(300),
  ',\\'.repeat(800),
  'x'.repeat(9000),
];

const pages = [
  [
    'runs',
    [
      'q',
      'where',
      'sort',
      'group',
      'open',
      'differing',
      'columns',
      'pin',
      'selected',
      'pipeline',
      '__proto__',
    ],
  ],
  ['model', ['name', 'version', 'at', 'from', 'to']],
  ['models', ['name']],
  ['data', ['q']],
  ['dataset', ['pipeline', 'name', 'version', 'from', 'to', 'column', 'run']],
] as const;

describe('addresses that somebody else wrote', () => {
  it.each(pages)(
    '%s.html runs nothing of them, and stays a page with a heading',
    async (page, names) => {
      const usual: Readonly<Record<string, string>> =
        page === 'model'
          ? { name: 'heart-disease' }
          : page === 'dataset'
            ? { pipeline: 'heart-disease', name: 'patients' }
            : {};
      await using opened = await site.open(`${page}.html`);
      const alerts: string[] = [];
      opened.page.on('dialog', (dialog) => {
        alerts.push(dialog.message());
        void dialog.dismiss();
      });
      for (const value of values) {
        // Each alone, so that the others lead to the page's content, and all together.
        const alone = names.map((name) => ({ ...usual, ...Object.fromEntries([[name, value]]) }));
        const asked =
          value.length > 1000
            ? [Object.fromEntries([[names[0], value]])]
            : [...alone.slice(0, 3), all(names, value)];
        for (const query of asked) {
          await opened.page.goto(`${site.url}${page}.html?${new URLSearchParams(query)}`);
          await opened.page.getByRole('heading', { level: 1 }).waitFor();
          await opened.page.waitForFunction(
            '!document.querySelector("main")?.innerText.startsWith("Loading")',
          );
        }
      }
      expect(alerts).toEqual([]);
      expect(await opened.page.evaluate('Object.keys(Object.prototype)')).toEqual([]);
      expect(opened.complaints).toEqual([]);
    },
    240_000,
  );
});

function all(names: readonly string[], value: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, value.slice(0, 150)]));
}
