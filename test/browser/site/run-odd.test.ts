import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { RunRecord } from '../../../src/runs/index.ts';
import { hostileRecord } from './rig/hostile-record.ts';
import { picture } from './rig/open-site.ts';
import type { RunSite } from './rig/run-site.ts';
import { openRunSite, overflows, runAddress } from './rig/run-site.ts';

let site: RunSite;
beforeAll(async () => {
  site = await openRunSite(inject('siteDemo'));
}, 400_000);
afterAll(async () => await site?.[Symbol.asyncDispose]());

describe('the page of a run that is not as usual', () => {
  it('shows a hostile record as text, with two hundred steps and forty classes (V7)', async () => {
    const path = await site.changed('20260101-000000-00000001', (real) =>
      hostileRecord(real, '20260101-000000-00000001'),
    );
    await site.looksRight(path, 'run-hostile');
    await using opened = await site.open(path);
    const { page } = opened;
    expect(await page.evaluate('globalThis.broken')).toBeUndefined();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    const links = (await page.evaluate(
      `[...document.querySelectorAll('.ty-page a')].map((a) => a.protocol)`,
    )) as readonly string[];
    expect(links.filter((protocol) => protocol !== 'http:' && protocol !== 'https:')).toEqual([]);
    expect(await page.locator('#steps table').last().locator('tbody tr').count()).toBe(200);
    // The failed member stands in the graph though there is no room for all.
    expect(await page.locator('#steps .group .failed').count()).toBe(1);
    for (const summary of await page.locator('summary:visible').all()) await summary.click();
    expect(await page.getByText('cannot be shown').count()).toBe(0);
    expect(await overflows(page)).toBe(false);
    await page.locator('#steps table').last().getByRole('button', { name: 'step-1', exact: true }).click();
    const commands = await page.locator('#steps .detail .command code').allInnerTexts();
    expect(commands.length).toBe(2);
    for (const command of commands) expect(command).toMatch(/^cp [\w./-]+ [\w.-]+$/);
    await picture(page, 'run-hostile-step');
    expect(opened.complaints).toEqual([]);
  });

  it.each([
    [
      'failed',
      '20260101-000000-00000002',
      (real: RunRecord) => ({
        ...real,
        status: 'failed',
        verdict: 'inconclusive',
        steps: real.steps.map((step, i) =>
          i === 4
            ? {
                ...step,
                status: 'failed',
                failure: { code: 'pipeline-command-failed', message: 'The command ended with exit code 1' },
              }
            : i > 5
              ? { ...step, status: 'skipped', artifacts: [], because: 'train[random-forest] failed' }
              : step,
        ),
        models: real.models.map(({ evaluation: _, ...model }) => model),
        model: undefined,
        gates: undefined,
        mainMetric: undefined,
        differences: undefined,
      }),
      ['failed', 'train[random-forest] failed: The command ended with exit code 1.', 'No gate was judged'],
    ],
    [
      'cancelled before anything was measured, outside of Git',
      '20260101-000000-00000003',
      (real: RunRecord) => ({
        ...real,
        status: 'cancelled',
        verdict: 'inconclusive',
        code: null,
        params: {},
        data: { patients: { files: [], strata: [] } },
        steps: real.steps.map((step) => ({
          ...step,
          status: 'cancelled',
          artifacts: [],
          fingerprint: undefined,
        })),
        models: [],
        model: undefined,
        gates: undefined,
        mainMetric: undefined,
        differences: undefined,
      }),
      ['Cancelled after 0 of 9 steps.', 'outside of Git', 'The run left no model.', 'cannot be brought back'],
    ],
    [
      'of a dirty tree, whose data broke its contract',
      '20260101-000000-00000004',
      (real: RunRecord) => ({
        ...real,
        status: 'failed',
        verdict: 'fail',
        code: { commit: 'b'.repeat(40), dirty: true },
        data: {
          patients: {
            ...real.data['patients'],
            checks: {
              ...real.data['patients']!.checks,
              verdict: 'fail',
              checks: real.data['patients']!.checks!.checks.map((check, i) =>
                i === 3
                  ? {
                      ...check,
                      verdict: 'fail',
                      failed: 2,
                      examples: [{ file: 'data/cleveland.csv', line: 17, row: 16 }],
                    }
                  : check,
              ),
            },
          },
        },
      }),
      [
        'fail',
        'The data patients breaks its contract (1 check).',
        'with uncommitted changes',
        'data/cleveland.csv:17',
      ],
    ],
  ] as const)('shows a run: %s', async (_, id, change, said) => {
    const path = await site.changed(id, change as (real: RunRecord) => unknown);
    await site.looksRight(path, `run-${id.slice(-1)}`);
    await using opened = await site.open(path);
    const text = await opened.page.locator('main').innerText();
    for (const sentence of said) expect(text).toContain(sentence);
    expect(text).not.toContain('cannot be shown');
  });

  it('says of a record of another version, of one that is damaged and of one that is not there, what it is', async () => {
    const other = await site.changed('20260101-000000-00000005', (real) => ({
      ...real,
      version: 2,
      steps: 'anything',
    }));
    const damaged = await site.changed('20260101-000000-00000006', () => ({ version: 1, id: 5 }));
    for (const [path, said, strange] of [
      [other, 'This record is of another version', false],
      [damaged, 'This is no record of a run', false],
      [runAddress('20250101-000000-00000000'), 'This run is not in the site', true],
      ['run.html', 'No run is named', false],
      ['run.html?pipeline=../../x&id=latest', 'No run is named', false],
    ] as const) {
      await using opened = await site.open(path);
      await opened.page.getByText(said).waitFor();
      expect(await opened.axe()).toEqual([]);
      expect(opened.complaints.length > 0).toBe(strange);
    }
  });

  it('keeps a strange part of a record to its place', async () => {
    const path = await site.changed('20260101-000000-00000007', (real) => ({
      ...real,
      gates: { verdict: 'pass', results: [null] },
      environment: { ...real.environment, later: { deep: [1] } },
    }));
    await using opened = await site.open(path);
    await opened.page.locator('#gates').getByText('This part cannot be shown').waitFor();
    expect(await opened.page.locator('#steps table').last().locator('tbody tr').count()).toBe(9);
  });
});
