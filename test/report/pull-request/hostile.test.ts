import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PullReport } from '../../../src/report/index.ts';
import { pullReportMarkdown, reportMarker } from '../../../src/report/index.ts';
import { attacks } from './attacks.ts';
import { diagramsOf, htmlOf, referring, takeApart } from './rendered.ts';
import { reportWith } from './reports.ts';

const seed = process.env['FUZZ_SEED'] === undefined ? 7 : Number(process.env['FUZZ_SEED']);

/** Everything that must hold of a comment, whoever wrote the texts of its report. */
function expectHarmless(report: PullReport, budget?: number): string {
  const markdown = pullReportMarkdown(report, budget === undefined ? {} : { budget });
  expect(markdown.length).toBeLessThanOrEqual(budget ?? 60_000);
  const { elements, comments, links, text } = takeApart(htmlOf(markdown));
  expect(elements).toEqual([]);
  expect(links).toEqual([]);
  expect(comments).toHaveLength(1);
  expect(markdown.startsWith(reportMarker(report.pipeline))).toBe(true);
  expect(text).not.toMatch(referring);
  for (const diagram of diagramsOf(markdown)) expectTameDiagram(diagram);
  return markdown;
}

/** Every line of a diagram is one that only this program writes. */
function expectTameDiagram(diagram: string): void {
  const label = '"[\\p{L}\\p{N} .,=+/()[\\]…·_-]*<br/>[a-z0-9 .,-]+"';
  const lines = [
    /^(?:flowchart TD|xychart-beta)$/,
    /^%%\{init: \{"xyChart": \{"width": 440, "height": 280\}\}\}%%$/,
    / {2}(?:accTitle|accDescr): [\w ,.]+$/,
    new RegExp(`^ {2}n\\d+(?:\\(${label}\\)|\\[${label}\\]|\\(\\[${label}\\]\\)|\\{\\{${label}\\}\\})$`, 'u'),
    /^ {2}n\d+ --> n\d+$/,
    /^ {2}[xy]-axis "[a-z ]+" (?:-?[\d.]+ --> -?[\d.]+|\["[\d.-]+"(?:, "[\d.-]+")*\])$/,
    /^ {2}(?:bar|line) \[-?[\d.]+(?:, -?[\d.]+)*\]$/,
    /^$/,
  ];
  for (const each of diagram.split('\n')) {
    expect(
      lines.some((line) => line.test(each)),
      each,
    ).toBe(true);
  }
}

describe('a comment of a hostile report (V4)', () => {
  test.each(attacks.map((attack) => [JSON.stringify(attack).slice(0, 60), attack]))(
    'holds no markup, link, mention or directive of %s in every text',
    (_, attack) => {
      expectHarmless(reportWith(() => attack));
      expectHarmless(reportWith((at) => `a ${attack} ${at}`));
    },
  );

  test('holds none of any texts, whatever stands beside what', () => {
    const any = fc.oneof(
      fc.constantFrom(...attacks),
      fc
        .array(fc.constantFrom(...attacks, ' ', '(', ')', '[', ']', ':', '<', '!', '\n'), { maxLength: 5 })
        .map((all) => all.join('')),
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
    );
    void fc.assert(
      fc.property(
        fc.array(any, { minLength: 5, maxLength: 25 }),
        fc.integer({ min: 1, max: 3 }),
        (texts, amount) => {
          expectHarmless(reportWith((at) => texts[at % texts.length]!, amount));
        },
      ),
      { numRuns: 25, seed },
    );
  });

  test('stays within its budget by leaving whole sections out, the least important first, and says which (P1)', () => {
    const report = reportWith((at) => `text-${at}-${'x'.repeat(70)}`, 30);
    const markdown = expectHarmless(report, 20_000);
    expect(markdown).toMatch(/\*\*Left out to fit: [\w, ]*Data/);
    // What is too large by itself takes nothing along that fits.
    const leftOut = /Left out to fit: ([^.]*)/.exec(markdown)![1]!.split(', ');
    expect(leftOut.length).toBeLessThan(7);
    expect(markdown.split('\n')[1]).toMatch(/^### ✅/);
    expect(markdown).toContain('#### Gates');
    const opened = [...markdown.matchAll(/<details>/g)].length;
    expect([...markdown.matchAll(/<\/details>/g)]).toHaveLength(opened);
    for (const budget of [500, 1_500, 5_000, 60_000]) expectHarmless(report, budget);
  });

  test('of ten thousand slices, gates, steps and parameters is still a comment', () => {
    const markdown = expectHarmless(reportWith((at) => `${attacks[at % attacks.length]!.slice(0, 50)}`, 100));
    expect(markdown.length).toBeGreaterThan(1_000);
    const one = reportWith(() => 'x');
    const huge: PullReport = {
      ...one,
      slices: Array.from({ length: 10_000 }, () => one.slices[0]!),
      gates: Array.from({ length: 10_000 }, () => one.gates[0]!),
      steps: Array.from({ length: 10_000 }, () => one.steps[0]!),
      params: Array.from({ length: 10_000 }, () => one.params[0]!),
    };
    expectHarmless(huge);
  });

  test('offers no command to paste when a name or a value is more than plain signs', () => {
    const paste = (value: string): string =>
      pullReportMarkdown({
        ...reportWith(() => 'plain'),
        reproduce: { commit: 'b'.repeat(40), params: [{ name: 'trees', value }] },
      });
    expect(paste('300')).toContain('trainyard run plain --param trees=300\n');
    for (const value of ['$(reboot)', '`reboot`', 'a;b', 'a b', "a'b", '-x\n-y', '>x', '']) {
      if (value !== '') expect(paste(value)).not.toContain('trainyard run');
    }
  });

  test('offers no command where the run had changes that no commit holds', () => {
    const report = reportWith(() => 'plain');
    const shown = (dirty: boolean): string =>
      pullReportMarkdown({ ...report, head: { ...report.head, dirty }, reproduce: { params: [] } });
    expect(shown(false)).toContain('The same run again');
    expect(shown(true)).not.toContain('The same run again');
    expect(shown(true)).not.toContain('trainyard run');
  });

  test('names no package of a public registry, whose owner could run code where the command is pasted', () => {
    const markdown = pullReportMarkdown({ ...reportWith(() => 'plain'), reproduce: { params: [] } });
    expect(markdown).not.toMatch(/\b(npx|npm)\b/);
  });

  test('links only to addresses of the web that it was given itself', () => {
    const report = reportWith(() => 'plain');
    const linked = pullReportMarkdown(report, {
      site: 'https://octo.github.io/cat/(x)?a=[b]',
      summaryUrl: 'https://github.com/octo/cat/actions/runs/1',
    });
    expect(takeApart(htmlOf(linked)).links).toEqual([
      'https://github.com/octo/cat/actions/runs/1',
      'https://octo.github.io/cat/%28x%29?a=%5Bb%5D',
    ]);
    for (const site of [
      'javascript:alert(1)',
      'data:text/html,x',
      'no address',
      'https://a:b@evil.example/',
    ]) {
      expect(takeApart(htmlOf(pullReportMarkdown(report, { site }))).links).toEqual([]);
    }
  });
});

describe('the marker of a comment', () => {
  test('is one HTML comment whatever the name, and another one for each name', () => {
    expect(reportMarker('heart-disease')).toBe('<!-- trainyard:report pipeline=heart-disease -->');
    const names = [...attacks, 'a--b', 'a-', '-a', 'a-b', 'a_b', 'a%2db'].map((name) => name.slice(0, 200));
    const markers = names.map(reportMarker);
    for (const marker of markers)
      expect(marker).toMatch(/^<!-- trainyard:report pipeline=(?:[A-Za-z0-9%]|-(?!-))* -->$/);
    expect(new Set(markers).size).toBe(new Set(names).size);
  });
});
