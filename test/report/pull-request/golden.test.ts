import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { PullReport } from '../../../src/report/index.ts';
import { pullReportMarkdown, readPullReport } from '../../../src/report/index.ts';
import { attacks } from './attacks.ts';
import { htmlOf, takeApart } from './rendered.ts';
import { reportWith } from './reports.ts';
import { ran, repositoryWithBaseline, stories } from './stories.ts';

// UPDATE_GOLDEN=1 writes the comments anew from the reports; UPDATE_GOLDEN=runs makes the reports anew, by real runs.
// Look at what changed before committing it. CI never does.
const update = process.env['CI'] === undefined ? process.env['UPDATE_GOLDEN'] : undefined;
const golden = fileURLToPath(new URL('../../golden/', import.meta.url));
const reportFile = (name: string): string => join(golden, 'pull-reports', `${name}.json`);

async function reportOf(name: string): Promise<PullReport> {
  if (update === 'runs') {
    using repository = await repositoryWithBaseline();
    stories[name]!(repository);
    await ran(repository);
    const made = await repository.trainyard('report', 'heart-disease', '--json');
    if (made.code !== 0) throw new Error(made.stderr);
    mkdirSync(join(golden, 'pull-reports'), { recursive: true });
    writeFileSync(reportFile(name), made.stdout);
  }
  const read = await readPullReport(readFileSync(reportFile(name)));
  if (!read.ok) throw new Error(read.failure.message);
  return read.value;
}

function expectGolden(name: string, markdown: string): void {
  const file = join(golden, `comment-${name}.md`);
  if (update !== undefined) writeFileSync(file, markdown);
  expect(markdown).toBe(readFileSync(file, 'utf8'));
}

const addresses = {
  site: 'https://octo-org.github.io/heart/',
  summaryUrl: 'https://github.com/octo-org/heart/actions/runs/1234567890',
};

describe('the comment of a pull request, from real runs (P1)', () => {
  const verdicts: Readonly<Record<string, RegExp>> = {
    good: /^### ✅ heart-disease: pass\n\n`roc_auc`.*\*\*better\*\*/,
    bad: /^### ❌ heart-disease: fail\n\n`roc_auc`.*\*\*worse\*\*.*\*\*1 gate fails\*\*/,
    noisy: /^### ✅ heart-disease: pass\n\n`roc_auc`.*noise/,
    'broken-data':
      /^### ❌ heart-disease: fail\n\n\*\*2 checks of the contract fail\*\* in `patients`, so the run stopped/,
    'new-data': /^### /,
    first: /^### ✅ heart-disease: pass\n\n`roc_auc`.*\n\n\*\*No baseline:\*\*/,
    unchanged: /^✅ \*\*heart-disease: pass\*\*, nothing changed.*\n$/,
  };

  test.each(Object.keys(stories))(
    'of a change that is %s',
    async (name) => {
      const report = await reportOf(name);
      const markdown = pullReportMarkdown(report, addresses);
      expectGolden(name, markdown);
      expect(report.changed).toBe(name !== 'unchanged');
      expect(markdown.split('\n').slice(1).join('\n')).toMatch(verdicts[name]!);
    },
    120_000,
  );

  test('has no table that is wider than a phone, and a heading for each column', async () => {
    for (const name of Object.keys(stories)) {
      const markdown = pullReportMarkdown(await reportOf(name));
      const rows = markdown.split('\n').filter((line) => line.startsWith('|'));
      for (const row of rows) {
        expect(row.split('|').length - 2).toBeLessThanOrEqual(3);
        expect(row.length).toBeLessThan(140);
      }
      expect(htmlOf(markdown)).not.toMatch(/<th[^>]*><\/th>/);
    }
  }, 120_000);

  test('compares nothing with itself: of the same model it says so, and folds its numbers', async () => {
    const report = await reportOf('good');
    const metrics = report.metrics.map((each) => ({ ...each, base: each.head!, reading: 'same' as const }));
    const markdown = pullReportMarkdown({ ...report, metrics });
    expect(markdown).toContain('`roc_auc` **0.931**, from the same model on the same rows as before.');
    expect(markdown).toContain('<summary>Metrics, as they were</summary>');
    expect(markdown).not.toMatch(/#### Metrics|Curves|the same \|/);
  });

  test('shows the metric that it chooses by first, then those of gates, also without a baseline', async () => {
    for (const name of ['good', 'first']) {
      const markdown = pullReportMarkdown(await reportOf(name));
      const rows = markdown.slice(markdown.indexOf('#### Metrics')).split('\n').slice(4, 6);
      expect(rows.map((row) => row.split('|')[1]!.trim())).toEqual(['`roc_auc`', '`accuracy`']);
    }
  });

  test('shows curves of the baseline only where both were drawn of the same rows', async () => {
    expect((await reportOf('good')).curves.every(({ base }) => base !== undefined)).toBe(true);
    const report = await reportOf('new-data');
    expect([report.heldOut, report.curves.some(({ base }) => base !== undefined)]).toEqual([
      'different',
      false,
    ]);
  });

  test('tells in words what marks and drawings show', async () => {
    const markdown = pullReportMarkdown(await reportOf('good'));
    for (const line of markdown.split('\n')) {
      if (/[✅❌]/u.test(line)) expect(line).toMatch(/pass|fail/);
    }
    const diagrams = markdown.split('```mermaid').slice(1);
    expect(diagrams.length).toBeGreaterThan(2);
    for (const diagram of diagrams) expect(diagram).toMatch(/accTitle: .+\n {2}accDescr: .+/);
    expect(markdown).not.toMatch(/style |classDef|fill:|color/);
  });
});

describe('the comment of a hostile report', () => {
  test('looks as it was last looked at, and holds nothing but words (V4)', () => {
    const report = reportWith((at) => attacks[at % attacks.length]!, 3);
    const markdown = pullReportMarkdown(report, { ...addresses, unverified: true });
    expectGolden('hostile', markdown);
    expect(takeApart(htmlOf(markdown))).toMatchObject({
      elements: [],
      links: [addresses.summaryUrl, addresses.site],
      comments: [expect.stringContaining('trainyard:report')],
    });
    expect(markdown).toContain('Not verified');
  });
});
