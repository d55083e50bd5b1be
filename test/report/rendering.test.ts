import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytes,
  count,
  counted,
  diffReportMarkdown,
  diffReportText,
  markdownCode,
  markdownText,
  percent,
  plainCanvas,
  runReportMarkdown,
  runReportText,
  runTableText,
  seconds,
  shownEstimate,
  widthOf,
} from '../../src/report/index.ts';
import { diffRuns } from '../../src/runs/index.ts';
import { estimate, model, sampleRecord } from '../runs/sample-record.ts';
import { cases } from './cases.ts';

describe('numbers', () => {
  test('of estimates have the digits that their intervals allow', () => {
    const shown: readonly (readonly [number, number, number, string])[] = [
      [0.91234, 0.83812, 0.96791, '0.912 [0.838, 0.968]'],
      [0.91234, 0.91134, 0.91334, '0.9123 [0.9113, 0.9133]'],
      [0.4, 0.1, 0.9, '0.40 [0.10, 0.90]'],
      [0.5, 0.5, 0.5, '0.500 [0.500, 0.500]'],
      [0, 0, 0, '0.000 [0.000, 0.000]'],
      [1207.7, 1108.1, 1322.6, '1,208 [1,108, 1,323]'],
      [-0.0001, -0.2, 0.2, '0.00 [-0.20, 0.20]'],
      [12_345_678, 12_000_000, 13_000_000, '12,345,678 [12,000,000, 13,000,000]'],
    ];
    for (const [value, low, high, text] of shown)
      expect(shownEstimate(estimate(value, low, high))).toBe(text);
  });

  test('of sizes, times, shares and counts have units', () => {
    expect([0, 999, 999.6, 8_412, 120_400, 1_234_567, 25_769_803_776].map(bytes)).toEqual([
      '0 B',
      '999 B',
      '1 kB',
      '8.4 kB',
      '120 kB',
      '1.2 MB',
      '26 GB',
    ]);
    expect([0, 0.44, 59.94, 59.96, 125, 3_599.6, 3_780].map(seconds)).toEqual([
      '0.0 s',
      '0.4 s',
      '59.9 s',
      '1 min 0 s',
      '2 min 5 s',
      '1 h 0 min',
      '1 h 3 min',
    ]);
    expect([0, 0.004, 0.0375, 0.123, 1].map(percent)).toEqual(['0 %', '0.4 %', '3.8 %', '12 %', '100 %']);
    expect([count(999), count(1000), count(1_234_567)]).toEqual(['999', '1,000', '1,234,567']);
    expect([counted(1, 'row'), counted(0, 'row'), counted(2, 'entry', 'entries')]).toEqual([
      '1 row',
      '0 rows',
      '2 entries',
    ]);
  });
});

describe('Markdown', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc
      .array(
        fc.constantFrom(
          '@',
          '#',
          '|',
          '`',
          '[',
          ']',
          '(',
          ')',
          '<',
          '!',
          'a',
          '1',
          '_',
          '*',
          '~',
          '\\',
          '\n',
          ' ',
          'https://x.y',
          'www.',
          'GH-',
          '$',
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join('')),
  );

  test('of any text holds no markup, HTML, link, mention or reference', () => {
    void fc.assert(
      fc.property(text, (any) => {
        const safe = markdownText(any);
        expect(safe).not.toMatch(/[<>|`$\n\r]/);
        expect(safe).not.toMatch(/@[\w-]/);
        expect(safe).not.toMatch(/(?<!&)#\d/);
        expect(safe).not.toMatch(/(^|[^\\])(\\\\)*[*~]/);
        expect(safe).not.toMatch(/\]\s*[([]|:\/\/|www\.|GH-\d/i);
      }),
      { numRuns: 500 },
    );
  });

  test('of any word as code is one piece of code, or harmless text', () => {
    void fc.assert(
      fc.property(text, (any) => {
        const code = markdownCode(any);
        if (code !== markdownText(any)) expect(code).toMatch(/^`[^`|\n\\]+`$/);
      }),
      { numRuns: 500 },
    );
  });

  test('of tables has as many cells in each row as in its head, whatever is in them', () => {
    void fc.assert(
      fc.property(text, text, (name, value) => {
        const head = sampleRecord({ params: { [name]: value, seed: 8 } });
        const markdown = diffReportMarkdown(diffRuns(sampleRecord(), head));
        const rows = markdown.split('\n').filter((each) => each.startsWith('|'));
        const parameters = rows.slice(rows.findIndex((row) => row.includes('parameter')));
        for (const row of parameters) expect(row.match(/\|/g)).toHaveLength(4);
      }),
      { numRuns: 100 },
    );
  });

  test('begins with the verdict, and is one line when nothing changed (P1)', () => {
    const alike = diffReportMarkdown(diffRuns(sampleRecord(), sampleRecord()));
    expect(alike.trimEnd().split('\n')).toHaveLength(1);
    expect(alike).toMatch(/^✅ \*\*pass\*\* /);
    const failing = sampleRecord({ verdict: 'fail', params: {} });
    expect(diffReportMarkdown(diffRuns(sampleRecord(), failing))).toMatch(/^❌ \*\*fail\*\* \(was pass\)/);
    expect(runReportMarkdown(sampleRecord({ verdict: 'inconclusive' }))).toMatch(/^⚠️ \*\*inconclusive\*\*/);
  });

  test('leaves whole sections out at the end when it would be too long, and says so', () => {
    const params = Object.fromEntries(
      Array.from({ length: 3_000 }, (_, i) => [`parameter-${i}`, 'x'.repeat(20)]),
    );
    const markdown = diffReportMarkdown(diffRuns(sampleRecord(), sampleRecord({ params })));
    expect(markdown.length).toBeLessThan(60_000);
    expect(markdown).toContain('left out');
    expect(markdown).not.toContain('Parameters');
    expect(markdown).toMatch(/^✅/);
  });
});

describe('a terminal', () => {
  test('gets no line that is wider than it is, whatever the text, from 60 columns on', () => {
    const name = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.constant('訓練する機械🚂'.repeat(6)),
    );
    void fc.assert(
      fc.property(name, fc.integer({ min: 60, max: 200 }), (step, width) => {
        const made = model(`m${step}`, {
          roc_auc: estimate(0.9, 0.8, 0.95),
          recall: estimate(0.8, 0.7, 0.9),
        });
        const head = sampleRecord({
          params: { [step]: step },
          models: [made],
          model: { step: made.step, digest: made.digest, from: 'choose' },
        });
        const canvas = plainCanvas(width);
        const tables = [
          runTableText([head], canvas),
          runReportText(head, canvas),
          diffReportText(diffRuns(sampleRecord(), head), canvas),
        ];
        for (const row of tables.join('').split('\n')) {
          // A single word that is too long is not broken.
          if (row.includes(' ') && row.startsWith('  ') && !/^ {2}\S+ \S+$/.test(row)) {
            const longest = Math.max(...row.split(' ').map(widthOf));
            expect(widthOf(row)).toBeLessThanOrEqual(Math.max(width, longest + 6));
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('gets no control character but line ends, and colours do not move columns', () => {
    const coloured = { width: 110, colour: (_: string, it: string) => `\u001b[1m${it}\u001b[22m` };
    for (const [base, head] of Object.values(cases)) {
      const render = (canvas: Parameters<typeof runReportText>[1]) =>
        head === undefined ? runReportText(base, canvas) : diffReportText(diffRuns(base, head), canvas);
      const plain = render(plainCanvas(110));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
      expect(plain).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f\u200b\u202e]/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences of colours.
      const stripped = render(coloured).replace(/\u001b\[\d+m/g, '');
      expect(stripped.replace(/ +$/gm, '')).toBe(plain);
    }
  });

  test('says that there are no runs when there are none', () => {
    expect(runTableText([], plainCanvas())).toBe('No runs are recorded.\n');
  });
});
