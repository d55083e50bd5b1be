import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { metricDefinitions } from '../../src/evaluate/index.ts';
import { estimators } from '../../src/train/index.ts';

const page = readFileSync(new URL('../../docs/estimators.md', import.meta.url), 'utf8');

it('the page of estimators and metrics names every one, with its options and defaults, and no other', () => {
  const sections = new Map(page.split(/^## /m).map((text) => [text.slice(0, text.indexOf('\n')), text]));
  const rows = (section: string): string[] =>
    [...(sections.get(section) ?? '').matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]!);
  expect([...sections.keys()].filter((name) => name.startsWith('`'))).toEqual(
    estimators.map(({ name }) => `\`${name}\``),
  );
  for (const { name, options } of estimators) {
    expect(rows(`\`${name}\``)).toEqual(options.map((option) => option.name));
    for (const option of options) {
      const shown = option.default === null ? 'none' : `\`${option.default}\``;
      const row = (sections.get(`\`${name}\``) ?? '')
        .split('\n')
        .find((line) => line.startsWith(`| \`${option.name}\``));
      expect(row).toContain(`| ${shown} |`);
    }
  }
  expect(rows('Metrics')).toEqual(Object.values(metricDefinitions).map(({ name }) => name));
});
