import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Canvas } from '../../src/report/index.ts';
import {
  diffReportMarkdown,
  diffReportText,
  plainCanvas,
  runReportMarkdown,
  runReportText,
  runTableMarkdown,
  runTableText,
} from '../../src/report/index.ts';
import { diffRuns } from '../../src/runs/index.ts';
import { cases } from './cases.ts';

// UPDATE_GOLDEN=1 writes the folders anew; look at what changed before committing it. CI never does.
const update = process.env['UPDATE_GOLDEN'] === '1' && process.env['CI'] === undefined;
const golden = fileURLToPath(new URL('./golden/', import.meta.url));

const painted: Canvas = {
  width: 110,
  colour: (style, text) => styleText(style, text, { validateStream: false }),
};

/** Every rendering of a case, by file name. */
function renderings(name: string): Readonly<Record<string, string>> {
  const [base, head] = cases[name]!;
  if (head === undefined) {
    return {
      'wide.txt': runReportText(base, plainCanvas(110)),
      'narrow.txt': runReportText(base, plainCanvas(80)),
      'colours.txt': runReportText(base, painted),
      'report.md': runReportMarkdown(base),
    };
  }
  const diff = diffRuns(base, head);
  return {
    'wide.txt': `${runTableText([head, base], plainCanvas(110))}\n${diffReportText(diff, plainCanvas(110))}`,
    'narrow.txt': `${runTableText([head, base], plainCanvas(80))}\n${diffReportText(diff, plainCanvas(80))}`,
    'report.md': diffReportMarkdown(diff),
    'table.md': runTableMarkdown([head, base]),
  };
}

describe('reports are as they were last looked at (V2)', () => {
  for (const name of Object.keys(cases)) {
    test(name, () => {
      const folder = join(golden, name.replaceAll(/[ ,]+/g, '-'));
      const rendered = renderings(name);
      if (update) {
        mkdirSync(folder, { recursive: true });
        for (const [file, text] of Object.entries(rendered)) writeFileSync(join(folder, file), text);
      }
      for (const [file, text] of Object.entries(rendered)) {
        expect(text, file).toBe(readFileSync(join(folder, file), 'utf8'));
      }
      expect(readdirSync(folder).sort()).toEqual(Object.keys(rendered).sort());
    });
  }
});
