import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import type { BaselineAnswer, ClassSample, Gate, GateResult, Sample } from '../../src/evaluate/index.ts';
import { judgeGates, metricsOf } from '../../src/evaluate/index.ts';
import type { Table } from '../../src/sql/index.ts';

/** Rows of which `share(row)` are answered right, in turn. */
function sampleWith(rows: number, isRight: (row: number) => boolean): ClassSample {
  const truth = Int32Array.from({ length: rows }, (_, i) => i % 2);
  const probabilities = Float64Array.from({ length: rows * 2 }, (_, at) => {
    const row = Math.floor(at / 2);
    const said = isRight(row) ? truth[row]! : 1 - truth[row]!;
    return at % 2 === said ? 0.8 : 0.2;
  });
  return {
    task: 'classification',
    rows,
    classes: ['0', '1'],
    positive: 1,
    truth,
    labels: truth.map((y, i) => (isRight(i) ? y : 1 - y)),
    probabilities,
  };
}

function groupsOf(rows: number, name: (row: number) => string | null): Table {
  return {
    rows,
    columns: new Map([['group', { kind: 'text', values: Array.from({ length: rows }, (_, i) => name(i)) }]]),
  };
}

function judge(
  gate: Gate,
  sample: Sample,
  more: { table?: Table; baseline?: BaselineAnswer } = {},
): GateResult {
  const report = judgeGates({
    gates: [gate],
    sample,
    table: more.table ?? groupsOf(sample.rows, () => 'all'),
    slices: [],
    baselines: new Map(more.baseline === undefined ? [] : [['production', more.baseline]]),
    resamples: 400,
    seed: 7,
  });
  if (!report.ok) throw new Error(report.failure.message);
  expect(report.value.verdict).toBe(report.value.results[0]!.verdict);
  return report.value.results[0]!;
}

const right90 = sampleWith(200, (i) => (i % 10 !== 3 && i % 10 !== 4 ? true : i % 20 < 10));

describe('a threshold', () => {
  test('is judged by the value, on its side of the limit', () => {
    expect(judge({ metric: 'accuracy', min: 0.85 }, right90)).toMatchObject({
      verdict: 'pass',
      reason: expect.stringMatching(/^accuracy 0\.9 \[0\.8\d+, 0\.9\d+\] is at least 0\.85/),
    });
    expect(judge({ metric: 'accuracy', min: 0.98 }, right90)).toMatchObject({
      verdict: 'fail',
      reason: expect.stringMatching(/is not at least 0\.98$/),
    });
    expect(judge({ metric: 'log_loss', max: 0.1 }, right90).verdict).toBe('fail');
    expect(judge({ metric: 'accuracy', min: 0.9 }, right90).verdict).toBe('pass');
  });

  test('inside of the interval is said to be noise', () => {
    expect(judge({ metric: 'accuracy', min: 0.91 }, right90)).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('0.91 lies inside the interval'),
    });
  });

  test('shows enough digits to tell the value from the limit', () => {
    const sample = sampleWith(30_000, (i) => i >= 3001);
    const result = judge({ metric: 'accuracy', min: 0.9 }, sample);
    expect(result.verdict).toBe('fail');
    expect(result.reason).toContain('accuracy 0.89996');
  });

  test('without any limit cannot be judged', () => {
    expect(judge({ metric: 'accuracy' }, right90).verdict).toBe('inconclusive');
  });
});

test('a metric that cannot be computed does not pass (principle 4)', () => {
  const sample = sampleWith(50, () => true);
  const onlyNo: ClassSample = { ...sample, truth: new Int32Array(50), labels: new Int32Array(50) };
  for (const gate of [
    { metric: 'roc_auc', min: 0 },
    { metric: 'recall', baseline: 'production', 'max-drop': 1 },
  ] satisfies Gate[]) {
    expect(judge(gate, onlyNo, { baseline: { kind: 'answered', origin: 'run 1', sample } })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('no row is of class 1'),
    });
  }
});

test.each(['auc', 'rmse'])('a metric %s that does not fit is a mistake of the user', (metric) => {
  const report = judgeGates({
    gates: [{ metric, min: 0 }],
    sample: right90,
    table: groupsOf(200, () => 'a'),
    slices: [],
    baselines: new Map(),
    resamples: 0,
    seed: 1,
  });
  expect(report).toMatchObject({ ok: false, failure: { code: 'evaluate-metric-unknown' } });
});

describe('a baseline gate', () => {
  const gate: Gate = { metric: 'accuracy', baseline: 'production', 'max-drop': 0.01 };
  const answered = (sample: Sample): { baseline: BaselineAnswer } => ({
    baseline: { kind: 'answered', origin: 'run 1', sample },
  });
  const wrongBelow = (n: number): Sample => sampleWith(200, (i) => i >= n);

  test('passes a model that is as good, better, or worse by no more than is allowed', () => {
    for (const n of [20, 18, 21, 22]) {
      const result = judge(gate, wrongBelow(n), answered(wrongBelow(20)));
      expect(result).toMatchObject({ verdict: 'pass', difference: { metric: 'accuracy', baseline: 0.9 } });
    }
  });

  test('fails a drop that is larger than allowed and not noise', () => {
    const result = judge(gate, wrongBelow(40), answered(wrongBelow(20)));
    expect(result).toMatchObject({ verdict: 'fail', difference: { noise: false } });
    expect(result.reason).toMatch(/^accuracy 0\.8 against 0\.9 of production \(run 1\), difference -0\.1 \[/);
  });

  test('does not know when a larger drop may be noise', () => {
    const random = seededRandom(5);
    const model = sampleWith(40, () => random() < 0.8);
    const baseline = sampleWith(40, () => random() < 0.85);
    const result = judge({ ...gate, 'max-drop': 0 }, model, answered(baseline));
    expect(result).toMatchObject({ verdict: 'inconclusive', difference: { noise: true } });
    expect(result.reason).toContain('may be noise');
  });

  test('comes with the differences of every metric, for whoever compares the two models later', () => {
    const report = judgeGates({
      gates: [gate],
      sample: wrongBelow(40),
      table: groupsOf(200, () => 'all'),
      slices: [],
      baselines: new Map([
        ['production', answered(wrongBelow(20)).baseline],
        ['best', { kind: 'none', origin: 'nothing passed' }],
      ]),
      resamples: 200,
      seed: 7,
    });
    if (!report.ok) throw new Error(report.failure.message);
    const [comparison, ...others] = report.value.comparisons!;
    expect(others).toEqual([]);
    expect(comparison!.baseline).toBe('production');
    expect(comparison!.differences.map(({ metric }) => metric)).toEqual(
      metricsOf('classification').map(({ name }) => name),
    );
    expect(comparison!.differences).toContainEqual(report.value.results[0]!.difference);
  });

  test('knows that a lower loss is better', () => {
    const loss: Gate = { metric: 'log_loss', baseline: 'production', 'max-drop': 0.01 };
    expect(judge(loss, wrongBelow(5), answered(wrongBelow(40))).verdict).toBe('pass');
    expect(judge(loss, wrongBelow(40), answered(wrongBelow(5))).verdict).toBe('fail');
  });

  test.each([
    [undefined, 'inconclusive'],
    ['pass', 'pass'],
    ['fail', 'fail'],
  ] as const)('without a baseline and with without-baseline %s says %s', (without, verdict) => {
    const asked: Gate = without === undefined ? gate : { ...gate, 'without-baseline': without };
    const result = judge(asked, right90, { baseline: { kind: 'none', origin: 'nothing is in production' } });
    expect(result).toMatchObject({ verdict, reason: expect.stringContaining('nothing is in production') });
  });

  test('does not pass because the baseline does not run, whatever without-baseline says', () => {
    const baseline: BaselineAnswer = { kind: 'unusable', origin: 'run 1', problem: 'it wants a column ca' };
    expect(judge({ ...gate, 'without-baseline': 'pass' }, right90, { baseline })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('it wants a column ca'),
    });
  });
});

describe('a slice gate', () => {
  const gate: Gate = { metric: 'accuracy', slice: 'group', 'max-gap': 0.1 };
  const halves = groupsOf(200, (i) => (i < 100 ? 'a' : 'b'));

  test('passes when the slices are not further apart than allowed', () => {
    const sample = sampleWith(200, (i) => i % 100 >= (i < 100 ? 10 : 15));
    expect(judge(gate, sample, { table: halves })).toMatchObject({
      verdict: 'pass',
      reason: 'accuracy by group differs by 0.05 (b: 0.85, a: 0.9), at most 0.1 is allowed',
    });
  });

  test('fails a gap that chance does not explain (V6)', () => {
    const sample = sampleWith(200, (i) => i % 100 >= (i < 100 ? 2 : 30));
    expect(judge(gate, sample, { table: halves })).toMatchObject({
      verdict: 'fail',
      reason: expect.stringMatching(
        /differs by 0\.28 .* more than 0\.1; random groups .* in 0\.25 % of cases/,
      ),
    });
  });

  test('does not know when random groups differ as much', () => {
    const sample = sampleWith(40, (i) => i % 20 >= (i < 20 ? 2 : 5));
    const table = groupsOf(40, (i) => (i < 20 ? 'a' : 'b'));
    expect(judge(gate, sample, { table })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/but random groups .* in \d+ % of cases/),
    });
  });

  test('rarely calls a gap between random groups real, however many groups there are', () => {
    let failures = 0;
    for (let seed = 0; seed < 60; seed++) {
      const random = seededRandom(seed);
      const sample = sampleWith(200, () => random() < 0.8);
      const table = groupsOf(200, () => `g${Math.floor(random() * 6)}`);
      if (judge({ ...gate, 'max-gap': 0 }, sample, { table }).verdict === 'fail') failures++;
    }
    expect(failures).toBeLessThanOrEqual(8);
  });

  test('names slices with too few rows, and does not pass for them', () => {
    const sample = sampleWith(200, () => true);
    const table = groupsOf(200, (i) => (i < 3 ? null : i < 100 ? 'a' : 'b'));
    expect(judge(gate, sample, { table })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('not judged: (missing) (3 rows, 20 are needed)'),
    });
  });

  test('speaks of the rarest class where there are more than two', () => {
    const rows = 200;
    const truth = Int32Array.from({ length: rows }, (_, i) => (i < 4 ? 2 : Math.floor(i / 2) % 2));
    const sample: ClassSample = {
      task: 'classification',
      rows,
      classes: ['a', 'b', 'c'],
      truth,
      labels: truth,
      probabilities: Float64Array.from({ length: rows * 3 }, (_, at) =>
        truth[Math.floor(at / 3)] === at % 3 ? 1 : 0,
      ),
    };
    const gate: Gate = { metric: 'recall', slice: 'group', 'max-gap': 0.1 };
    const table = groupsOf(rows, (i) => (i % 2 === 0 ? 'x' : 'y'));
    expect(judge(gate, sample, { table }).reason).toContain(
      'not judged: x (2 of its rarest class, 5 are needed), y (2 of its rarest class, 5 are needed)',
    );
  });

  test('counts the rows that the metric stands on, not all rows', () => {
    const sample = sampleWith(200, () => true);
    const truth = sample.truth.map((y, i) => (i < 100 && i > 5 ? 0 : y));
    const few: ClassSample = { ...sample, truth, labels: truth };
    expect(judge({ ...gate, metric: 'recall' }, few, { table: halves })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('a (3 of the positive class, 5 are needed)'),
    });
  });

  test('with a minimum asks it of every slice', () => {
    const sample = sampleWith(200, (i) => i % 100 >= (i < 100 ? 2 : 30));
    expect(judge({ metric: 'accuracy', slice: 'group', min: 0.8 }, sample, { table: halves })).toMatchObject({
      verdict: 'fail',
      reason: expect.stringMatching(
        /^accuracy of group b: 0\.7 .* is not at least 0\.8; accuracy of group a: 0\.98/,
      ),
    });
    expect(judge({ metric: 'accuracy', slice: 'group', min: 0.5 }, sample, { table: halves }).verdict).toBe(
      'pass',
    );
  });

  test('that has one slice only cannot compare', () => {
    expect(judge(gate, right90).reason).toContain('fewer than two slices');
  });
});
