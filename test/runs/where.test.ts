import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunAnswer, RunHistory, RunQuestion } from '../../src/runs/index.ts';
import { newRunId, openRuns } from '../../src/runs/index.ts';
import { linearPattern } from '../../src/runs/query/linear-pattern.ts';
import { timeSpan } from '../../src/runs/query/time-span.ts';
import { parseWhere, WhereMistake } from '../../src/runs/query/where-syntax.ts';
import { value } from '../git/rig.ts';
import { estimate, model, sampleRecord, step } from './sample-record.ts';

const folder = mkdtempSync(join(tmpdir(), 'trainyard-where-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let history: RunHistory;
const ids: string[] = [];

/** Seven runs, one a day from 1 March 2026, with 100, 200, ... trees. */
beforeAll(async () => {
  history = openRuns({ repository: undefined, branch: 'x', root: folder });
  for (let n = 1; n <= 7; n++) {
    const time = new Date(Date.UTC(2026, 2, n, 12));
    const estimator = n % 2 === 0 ? 'random-forest' : 'gradient boosting';
    const trained = model(`train[${estimator}]`, {
      roc_auc: estimate(0.8 + n / 100, 0.7, 0.99),
      log_loss: estimate(0.1 * n, 0, 1),
    });
    const record = sampleRecord({
      id: newRunId(time, () => new Uint8Array([n, n, n])),
      startedAt: time.toISOString(),
      seconds: n,
      pipeline: n === 7 ? 'power-load' : 'heart-disease',
      status: n === 3 ? 'failed' : 'succeeded',
      code: n === 5 ? null : { commit: `${n}`.repeat(40), branch: 'main', dirty: n === 2 },
      params: {
        seed: 7,
        trees: 100 * n,
        'learning rate': n / 10,
        ...(n === 4 ? { roc_auc: 1, mode: 'a.b' } : {}),
        ...(n === 5 ? { mode: null } : {}),
        ...(n === 6 ? { mode: '12' } : {}),
      },
      steps: [step(trained.step, { matrix: { estimator } })],
      models: [trained],
      model: { step: trained.step, digest: trained.digest, from: trained.step },
    });
    value(await history.write(record));
    ids.push(record.id);
  }
  const note = { pipeline: 'heart-disease', at: new Date(0) };
  value(await history.annotate({ ...note, run: ids[0]!, kind: 'tag', text: 'best', random: '00000001' }));
  value(await history.annotate({ ...note, run: ids[1]!, kind: 'tag', text: 'later', random: '00000002' }));
  value(
    await history.annotate({ ...note, run: ids[1]!, kind: 'note', text: 'Odd data', random: '00000003' }),
  );
});

async function ask(question: RunQuestion): Promise<RunAnswer> {
  return value(await history.ask(question));
}

/** Numbers of the runs that meet a condition, oldest first. */
async function where(condition: string): Promise<number[]> {
  const { runs } = await ask({ where: condition, sort: 'started' });
  return runs.map(({ id }) => ids.indexOf(id) + 1);
}

async function mistake(question: RunQuestion): Promise<{ message: string; remedy?: string }> {
  const asked = await history.ask(question);
  if (asked.ok) throw new Error('there is no mistake');
  expect(asked.failure.code).toMatch(/^runs-(question-wrong|metric-unclear)$/);
  return asked.failure;
}

describe('a condition on runs (V2)', () => {
  const cases: readonly (readonly [string, readonly number[]])[] = [
    ['metrics.roc_auc > 0.855 and params.trees >= 200 or tag = best', [1, 6, 7]],
    ['params.trees = 200', [2]],
    ['params.trees != 200', [1, 3, 4, 5, 6, 7]],
    ['trees<300', [1, 2]],
    ['not trees < 300', [3, 4, 5, 6, 7]],
    ['trees in (100, 3e2, "400")', [1, 3]],
    ['params."learning rate" <= 0.2', [1, 2]],
    ['"learning rate" <= 0.2', [1, 2]],
    ['(trees = 100 or trees = 200) and not dirty = true', [1]],
    ['not (trees = 100 or trees = 200) and trees < 500', [3, 4]],
    ['status = failed', [3]],
    ['pipeline = power-load', [7]],
    ['estimator = random-forest', [2, 4, 6]],
    ["matrix.estimator ~ '^grad.*ing$'", [1, 3, 5, 7]],
    ['model = train[random-forest] and model ~ "n\\[r"', [2, 4, 6]],
    ['mode = null', [5]],
    ['mode = "null"', []],
    ['mode = a.b', [4]],
    ['mode = 12', [6]],
    ['mode = "12"', [6]],
    ['mode > 3', []],
    ['mode != null', [4, 6]],
    ['mode is missing', [1, 2, 3, 7]],
    ['mode is not missing', [4, 5, 6]],
    ['not mode = null', [1, 2, 3, 4, 6, 7]],
    ['commit is missing', [5]],
    ['commit = 2222222', [2]],
    ['dirty = true', [2]],
    ['started > 2026-03-05', [6, 7]],
    ['started >= 2026-03-05', [5, 6, 7]],
    ['started = 2026-03-05', [5]],
    ['started < 2026-03-01T12:30Z', [1]],
    ['started = 2026-03 and seconds > 6', [7]],
    ['started <= 2026-03-02 or started > 2027', [1, 2]],
    ['tag = best or tag = later', [1, 2]],
    ['tag != best', [2]],
    ['tag is missing and trees <= 300', [3]],
    ['note ~ "(?i)ODD"', [2]],
    ['metrics.roc_auc > .865', [7]],
  ];
  for (const [condition, expected] of cases) {
    test(condition, async () => expect(await where(condition)).toEqual(expected));
  }

  test('says where a mistake is, and what was meant', async () => {
    const wrong: readonly (readonly [string, string, string])[] = [
      ['params.tres > 3', 'at character 1 ', '"params.trees"'],
      ['trees > 3 and stats = failed', 'at character 15 ', '"status"'],
      ['status = suceeded', 'at character 10 ', '"succeeded"'],
      ['roc_auc > 0.9', '"roc_auc" can mean metrics.roc_auc and params.roc_auc', 'in full'],
      ['trees == 3', 'at character 7 ', 'One "="'],
      ['trees >', 'at character 8 ', 'Values are'],
      ['trees 3', 'at character 7 ', 'trees = 3'],
      ['(trees = 3', 'at character 11 ', 'Close'],
      ['trees = 3)', 'at character 10 ', 'Take the ")" away'],
      ['trees = "3', 'at character 9 ', 'Add a "'],
      ['trees not in (3)', 'at character 7 ', 'not trees in'],
      ['model ~ "a("', 'at character 11 ', '\\'],
      ['started > yesterday', 'at character 11 ', '2026-03-01'],
      ['started > 2026-02-30', 'is no date', '2026-03-01'],
      ['', 'at character 1 ', 'for example'],
      ['trees is 3', 'at character 10 ', '"="'],
      [`${'('.repeat(200)}trees = 3`, 'too many levels', 'flatter'],
      [`${'not '.repeat(200)}trees = 3`, 'too many levels', 'flatter'],
    ];
    for (const [condition, message, remedy] of wrong) {
      const failure = await mistake({ where: condition });
      expect(failure.message, condition).toContain(message);
      expect(failure.remedy, condition).toContain(remedy);
    }
  });

  test('is read or refused with a place, whatever it is', () => {
    const piece = fc.constantFrom(
      'a',
      'params."x y"',
      '=',
      '!=',
      '<',
      '~',
      '(',
      ')',
      ',',
      'and',
      'or',
      'not',
      'in',
      'is',
      'missing',
      '3',
      '"q"',
      "'",
      ' ',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(' ')),
    );
    void fc.assert(
      fc.property(text, (condition) => {
        try {
          parseWhere(condition);
        } catch (error) {
          expect(error).toBeInstanceOf(WhereMistake);
          const { at } = error as WhereMistake;
          expect(at).toBeGreaterThanOrEqual(0);
          expect(at).toBeLessThanOrEqual(condition.length);
        }
      }),
    );
  });

  test('means what its parts mean together', async () => {
    const atom = fc.oneof(
      fc
        .tuple(fc.constantFrom('<', '<=', '>', '>=', '=', '!='), fc.integer({ min: 0, max: 8 }))
        .map(([operator, n]) => ({
          text: `trees ${operator} ${n * 100}`,
          holds: (run: number) =>
            ({ '<': run < n, '<=': run <= n, '>': run > n, '>=': run >= n, '=': run === n, '!=': run !== n })[
              operator
            ]!,
        })),
      fc.constant({ text: 'mode is missing', holds: (run: number) => run < 4 || run > 6 }),
    );
    type Sentence = { readonly text: string; readonly holds: (run: number) => boolean };
    const { sentence } = fc.letrec<{ sentence: Sentence }>((tie) => ({
      sentence: fc.oneof(
        { maxDepth: 4 },
        atom,
        tie('sentence').map((one) => ({
          text: `not (${one.text})`,
          holds: (run: number) => !one.holds(run),
        })),
        fc.tuple(tie('sentence'), tie('sentence')).map(([a, b]) => ({
          text: `(${a.text}) and (${b.text})`,
          holds: (run: number) => a.holds(run) && b.holds(run),
        })),
        fc.tuple(tie('sentence'), tie('sentence')).map(([a, b]) => ({
          text: `(${a.text}) or (${b.text})`,
          holds: (run: number) => a.holds(run) || b.holds(run),
        })),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(sentence, async ({ text, holds }) => {
        expect(await where(text)).toEqual([1, 2, 3, 4, 5, 6, 7].filter(holds));
      }),
      { numRuns: 50 },
    );
  });
});

describe('runs of an answer', () => {
  const order = async (question: RunQuestion) =>
    (await ask(question)).runs.map(({ id }) => ids.indexOf(id) + 1);

  test('are sorted, with what is missing at the end in both directions', async () => {
    expect(await order({ sort: '-metrics.log_loss' })).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(await order({ sort: 'params.mode' })).toEqual([5, 6, 4, 7, 3, 2, 1]);
    expect(await order({ sort: '-params.mode' })).toEqual([4, 6, 5, 7, 3, 2, 1]);
    expect(await order({ sort: 'trees', descending: true, limit: 2 })).toEqual([7, 6]);
    expect(await order({})).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });

  test('are the best and the last of each pipeline, lower being better where it is', async () => {
    expect(await order({ best: true })).toEqual([7, 6]);
    expect(await order({ best: 'log_loss' })).toEqual([7, 1]);
    expect(await order({ last: true })).toEqual([7, 6]);
    expect(await order({ best: 'roc_auc', groupBy: ['estimator'] })).toEqual([7, 6, 5]);
    expect((await mistake({ best: 'fame' })).message).toContain('fame');
  });

  test('are counted by group', async () => {
    const { groups, total } = await ask({ groupBy: ['estimator'] });
    expect(total).toBe(2);
    expect(groups).toMatchObject({
      by: ['matrix.estimator'],
      metric: 'roc_auc',
      groups: [
        { values: ['gradient boosting'], runs: 4, best: { run: ids[6] }, last: ids[6] },
        { values: ['random-forest'], runs: 3, best: { run: ids[5], value: 0.8 + 6 / 100 }, last: ids[5] },
      ],
    });
    expect(groups!.groups[1]!.mean).toBeCloseTo(0.84, 12);
  });

  test('show only the parameters that differ', async () => {
    const { columns, runs } = await ask({ where: 'trees in (100, 200)', differing: true });
    expect(columns).toEqual(['params.learning rate', 'params.trees', 'matrix.estimator']);
    expect(runs[0]!.fields.get('params.trees')).toBe(200);
    expect((await ask({ where: 'trees = 100', differing: true })).columns).toEqual([]);
  });
});

describe('a regular expression', () => {
  test('matches as that of JavaScript does, where both know it', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\w', '\\.', 'é', '-');
    const part = fc
      .tuple(atom, fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}', '{0,}'))
      .map((pair) => pair.join(''));
    const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
      pattern: fc.oneof(
        { maxDepth: 3 },
        part,
        fc.tuple(tie('pattern'), tie('pattern')).map((two) => two.join('')),
        fc.tuple(tie('pattern'), tie('pattern')).map((two) => two.join('|')),
        tie('pattern').map((inner) => `(${inner})*`),
        tie('pattern').map((inner) => `(?:^${inner}$)`),
      ),
    }));
    const text = fc.array(fc.constantFrom('a', 'b', 'A', '1', '.', 'é', '-', '\n', '😀'), { maxLength: 8 });
    void fc.assert(
      fc.property(pattern, text, fc.boolean(), (source, parts, ignoreCase) => {
        const ours = linearPattern(`${ignoreCase ? '(?i)' : ''}${source}`);
        if (!('matches' in ours)) throw new Error(ours.message);
        expect(ours.matches(parts.join(''))).toBe(
          new RegExp(source, ignoreCase ? 'ui' : 'u').test(parts.join('')),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('takes time in proportion to the text, and refuses what would be too large', () => {
    const slow = linearPattern('^(a+)+$');
    expect('matches' in slow && slow.matches(`${'a'.repeat(20_000)}!`)).toBe(false);
    for (const wrong of [
      '(',
      ')',
      '[a',
      '*',
      'a**',
      '\\',
      '(?=a)',
      'a{3,2}',
      '[z-a]',
      '((((a{99}){99}){99}){99})',
      '\\q',
    ]) {
      expect(linearPattern(wrong), wrong).toHaveProperty('message');
    }
  });
});

test('a date is the whole time that it names', () => {
  expect(timeSpan('2024-02-29')).toEqual({ from: Date.UTC(2024, 1, 29), until: Date.UTC(2024, 2, 1) });
  expect(timeSpan('2024-12')).toEqual({ from: Date.UTC(2024, 11), until: Date.UTC(2025, 0) });
  expect(timeSpan('2024')).toEqual({ from: Date.UTC(2024, 0), until: Date.UTC(2025, 0) });
  expect(timeSpan('2024-01-01T01:00+01:00')).toEqual({
    from: Date.UTC(2024, 0),
    until: Date.UTC(2024, 0, 1, 0, 1),
  });
  for (const wrong of ['2023-02-29', '2024-13', '24-01-01', 'now', '2024-01-01 10:00']) {
    expect(timeSpan(wrong)).toBeUndefined();
  }
});
