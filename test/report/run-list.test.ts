import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { plainCanvas, runListText, runNotesText, widthOf } from '../../src/report/index.ts';
import type { ListedRun, RunAnswer } from '../../src/runs/index.ts';
import { hostile } from './cases.ts';

// UPDATE_GOLDEN=1 writes the files anew; look at what changed before committing it. CI never does.
const update = process.env['UPDATE_GOLDEN'] === '1' && process.env['CI'] === undefined;
const golden = fileURLToPath(new URL('./golden-lists/', import.meta.url));

const base: ListedRun = {
  id: '20261121-031500-1f4a9c1e',
  pipeline: 'heart-disease',
  startedAt: '2026-11-21T03:15:00.500Z',
  seconds: 12.345,
  status: 'succeeded',
  verdict: 'pass',
  trigger: 'manual',
  commit: 'a'.repeat(40),
  branch: 'main',
  dirty: false,
  model: 'train[random-forest]',
  metric: { name: 'roc_auc', value: 0.912, low: 0.838, high: 0.967 },
  tags: [],
  notes: [],
  fields: new Map(),
};

const failed: ListedRun = {
  ...base,
  id: '20261122-031500-2b84a9c1',
  status: 'failed',
  verdict: 'inconclusive',
  dirty: true,
  seconds: 4_021,
};
const { metric: _, model: __, ...unmeasured } = failed;

const tagged: ListedRun = {
  ...base,
  id: '20261123-120000-00a4a9c1',
  tags: ['best', 'for-the-paper'],
  notes: [{ text: 'Odd data', at: '2026-11-24T00:00:00.000Z' }],
  fields: new Map<string, number | string | null>([
    ['params.trees', 300],
    ['params.learning rate', 0.1],
    ['started', Date.UTC(2026, 10, 23, 12)],
  ]),
};

function answer(runs: readonly ListedRun[], more: Partial<RunAnswer> = {}): RunAnswer {
  return { runs, total: runs.length, columns: [], damaged: [], ...more };
}

const load: ListedRun = {
  ...base,
  id: '20261124-000000-77777777',
  pipeline: 'national-power-load-24h',
  metric: { name: 'rmse', value: 1_234.5, low: 1_100, high: 1_400 },
};

const cases: Readonly<Record<string, RunAnswer>> = {
  'one-pipeline': answer([unmeasured, base]),
  'two-pipelines': answer([load, unmeasured, base]),
  'tags-and-columns': answer([tagged, base], {
    columns: ['params.trees', 'params.learning rate', 'started'],
  }),
  hostile: answer([{ ...tagged, pipeline: hostile, model: hostile, tags: [hostile] }, load]),
  groups: answer([], {
    total: 3,
    groups: {
      by: ['params.trees', 'matrix.estimator'],
      metric: 'roc_auc',
      groups: [
        {
          values: [100, 'random-forest'],
          runs: 1_200,
          passed: 900,
          last: base.id,
          best: { run: load.id, value: 0.95 },
          mean: 0.9,
        },
        { values: [200, undefined], runs: 1, passed: 0, last: failed.id },
        { values: [null, hostile], runs: 2, passed: 1, last: tagged.id },
      ],
    },
  }),
};

describe('lists of runs are as they were last looked at (V2)', () => {
  for (const [name, listed] of Object.entries(cases)) {
    for (const width of [60, 110]) {
      test(`${name}, on ${width} columns`, () => {
        const text = runListText(listed, plainCanvas(width));
        const file = join(golden, `${name}-${width}.txt`);
        if (update) {
          mkdirSync(golden, { recursive: true });
          writeFileSync(file, text);
        }
        expect(text).toBe(readFileSync(file, 'utf8'));
      });
    }
  }

  test('and never cut the id of a run, nor run over the edge while there is a column to leave', () => {
    for (const listed of Object.values(cases)) {
      for (let width = 40; width <= 130; width++) {
        const text = runListText(listed, plainCanvas(width));
        for (const { id } of listed.runs) expect(text).toContain(id);
        const longest = Math.max(
          ...text
            .split('\n')
            .filter((line) => !line.startsWith('  no room'))
            .map(widthOf),
        );
        if (listed.groups === undefined) expect(longest).toBeLessThanOrEqual(width);
      }
    }
  });
});

test('notes of a run are harmless lines, and nothing when there are none', () => {
  expect(runNotesText({ tags: [], notes: [] }, plainCanvas())).toBe('');
  const notes = [{ text: `two\nlines ${hostile}`, by: 'ada', at: '2026-11-24T00:00:00.000Z' }];
  const text = runNotesText({ tags: ['best'], notes }, plainCanvas());
  expect(text).toContain('tags: best');
  expect(text).toContain('2026-11-24 ada: two lines');
  expect(text).not.toContain('\u001b');
});
