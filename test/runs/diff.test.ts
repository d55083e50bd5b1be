import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ColumnProfile } from '../../src/data/index.ts';
import type { RunRecord } from '../../src/runs/index.ts';
import { diffRuns } from '../../src/runs/index.ts';
import { digest, estimate, model, sampleRecord, step } from './sample-record.ts';

const again = { id: '20261122-031500-1f4a9c1e', startedAt: '2026-11-22T03:15:00.500Z' };

/** The sample with another model in place of the forest. */
function withModel(auc: ReturnType<typeof estimate>, more: Partial<RunRecord> = {}): RunRecord {
  const sample = sampleRecord();
  const made = model('train[random-forest]', { roc_auc: auc }, { digest: digest('another forest') });
  return sampleRecord({
    ...again,
    models: [...sample.models.filter((each) => each.step !== made.step), made],
    model: { step: made.step, digest: made.digest, from: 'choose' },
    differences: [],
    ...more,
  });
}

describe('what is different between two runs (V2)', () => {
  test('nothing, when the second one re-used or repeated everything', () => {
    const base = sampleRecord();
    const cached = base.steps.map((each) => ({ ...each, status: 'cached' as const, seconds: 0 }));
    const head = sampleRecord({
      ...again,
      steps: cached,
      seconds: 0.2,
      code: { commit: 'b'.repeat(40), dirty: true },
    });
    const diff = diffRuns(base, head);
    expect(diff.changed).toBe(false);
    expect([diff.params, diff.data, diff.steps, diff.environment]).toEqual([[], [], [], []]);
    expect(diff.chosen?.change).toBe('same');
    expect(diff.chosen?.metrics[0]).toMatchObject({
      metric: 'roc_auc',
      difference: 0,
      basis: 'same',
      reading: 'same',
    });
    expect(diff.stepCounts).toEqual({ cached: 8 });
  });

  test('only the parameters that differ, those of one side included', () => {
    const base = sampleRecord({ params: { seed: 7, trees: 200, old: true } });
    const head = sampleRecord({ ...again, params: { seed: 7, trees: 300, note: null } });
    expect(diffRuns(base, head).params).toEqual([
      { name: 'trees', base: 200, head: 300 },
      { name: 'note', head: null },
      { name: 'old', base: true },
    ]);
    expect(diffRuns(base, head).changed).toBe(true);
  });

  test('steps that came, went, changed their inputs or their ending', () => {
    const base = sampleRecord({ steps: [step('a'), step('b'), step('c'), step('d')] });
    const head = sampleRecord({
      ...again,
      steps: [
        step('a', { status: 'cached' }),
        step('b', { fingerprint: digest('new') }),
        step('c', { status: 'failed' }),
        step('e'),
      ],
    });
    expect(diffRuns(base, head).steps).toEqual([
      { id: 'b', change: 'inputs', base: 'ran', head: 'ran' },
      { id: 'c', change: 'ending', base: 'ran', head: 'failed' },
      { id: 'e', change: 'added', head: 'ran' },
      { id: 'd', change: 'removed', base: 'ran' },
    ]);
  });

  test('the environment, which by itself is no change', () => {
    const head = sampleRecord({ ...again, environment: { ...sampleRecord().environment, node: '24.1.0' } });
    const diff = diffRuns(sampleRecord(), head);
    expect(diff.environment).toEqual([{ name: 'node', base: '20.20.2', head: '24.1.0' }]);
    expect(diff.changed).toBe(false);
  });

  test('gates: verdicts of both sides, those that only one side has included', () => {
    const base = sampleRecord();
    const gates = base.gates!;
    const failing = {
      gate: { metric: 'recall', min: 0.9 },
      verdict: 'fail' as const,
      reason: 'recall 0.857 is below 0.9',
    };
    const head = sampleRecord({
      ...again,
      gates: { ...gates, results: [{ ...gates.results[0]!, verdict: 'inconclusive' }, failing] },
    });
    expect(diffRuns(base, head).gates.map(({ base, head }) => [base, head])).toEqual([
      ['pass', 'inconclusive'],
      [undefined, 'fail'],
      ['pass', undefined],
    ]);
    expect(diffRuns(base, head).changed).toBe(true);
  });

  test('runs without models, data or gates can be compared', () => {
    const { model: _, gates: __, mainMetric: ___, differences: ____, ...rest } = sampleRecord();
    const bare: RunRecord = { ...rest, models: [], data: {}, steps: [], status: 'failed', code: null };
    expect(diffRuns(bare, bare)).toMatchObject({ changed: false, models: [], gates: [] });
    expect(diffRuns(bare, sampleRecord()).chosen?.change).toBe('added');
    expect(diffRuns(sampleRecord(), bare).chosen?.change).toBe('removed');
  });
});

describe('whether a difference of a metric is noise', () => {
  const metric = (base: RunRecord, head: RunRecord) => diffRuns(base, head).chosen!.metrics[0]!;

  test('is told by the paired interval when a gate ran the other model on the same rows', () => {
    for (const [low, reading] of [
      [-0.004, 'noise'],
      [0.001, 'better'],
    ] as const) {
      const difference = {
        metric: 'roc_auc',
        baseline: 0.912,
        value: 0.92,
        difference: estimate(0.008, low, 0.02),
        noise: low < 0,
      };
      const gate = { metric: 'roc_auc', baseline: 'best', 'max-drop': 0.01 };
      const head = withModel(estimate(0.92, 0.85, 0.97), {
        gates: {
          verdict: 'pass',
          results: [{ gate, verdict: 'pass', reason: 'fine', difference }],
          baselines: [{ name: 'best', digest: digest('train[random-forest]'), origin: 'run 1' }],
        },
      });
      expect(metric(sampleRecord(), head)).toMatchObject({
        basis: 'paired',
        difference: estimate(0.008, low, 0.02),
        reading,
      });
      const other = {
        ...head,
        gates: { ...head.gates!, baselines: [{ name: 'best', digest: digest('x'), origin: '' }] },
      };
      expect(metric(sampleRecord(), other)).toMatchObject({ basis: 'unpaired' });
    }
  });

  test('is told by the paired interval when the other model was a candidate of this run, in either direction', () => {
    const forest = sampleRecord();
    const logistic = forest.models.find((each) => each.step === 'train[logistic-regression]')!;
    const choosesLogistic = sampleRecord({
      ...again,
      model: { step: logistic.step, digest: logistic.digest, from: 'choose' },
    });
    expect(metric(choosesLogistic, forest)).toMatchObject({
      basis: 'paired',
      difference: estimate(0.004, -0.024, 0.035),
      reading: 'noise',
    });
    expect(metric(forest, choosesLogistic)).toMatchObject({
      basis: 'paired',
      difference: estimate(-0.004, -0.035, 0.024),
    });
  });

  test('is told by the interval of the difference of independent estimates when nothing better is known', () => {
    const base = sampleRecord();
    // Zou and Donner 2008: 0.068 - sqrt(0.025^2 + 0.055^2) is above 0, although the two intervals overlap.
    expect(metric(base, withModel(estimate(0.98, 0.955, 0.995)))).toMatchObject({
      basis: 'unpaired',
      reading: 'better',
      difference: {
        value: expect.closeTo(0.068, 12),
        low: expect.closeTo(0.068 - Math.hypot(0.025, 0.055), 12),
        high: expect.closeTo(0.068 + Math.hypot(0.015, 0.074), 12),
      },
    });
    expect(metric(base, withModel(estimate(0.95, 0.9, 0.99)))).toMatchObject({
      basis: 'unpaired',
      reading: 'noise',
    });
    expect(metric(base, withModel(estimate(0.99, 0.97, 1)))).toMatchObject({
      basis: 'unpaired',
      reading: 'better',
    });
    expect(metric(base, withModel(estimate(0.6, 0.5, 0.7)))).toMatchObject({
      basis: 'unpaired',
      reading: 'worse',
    });
  });

  test('is never more than noise when there were no resamples', () => {
    const exact = (value: number) => {
      const it = model('train', { roc_auc: estimate(value, value, value) }, { digest: digest(`${value}`) });
      return sampleRecord({ models: [it], model: { step: 'train', digest: it.digest, from: 'train' } });
    };
    expect(metric(exact(0.7), exact(0.9))).toMatchObject({ basis: 'unpaired', reading: 'noise' });
  });

  test('is told for every metric when the gates compared the two models', () => {
    const difference = {
      metric: 'roc_auc',
      baseline: 0.912,
      value: 0.92,
      difference: estimate(0.008, 0.001, 0.02),
      noise: false,
    };
    const head = withModel(estimate(0.92, 0.85, 0.97), {
      gates: {
        verdict: 'pass',
        results: [],
        baselines: [{ name: 'best', digest: digest('train[random-forest]'), origin: 'run 1' }],
        comparisons: [{ baseline: 'best', differences: [difference] }],
      },
    });
    expect(metric(sampleRecord(), head)).toMatchObject({ basis: 'paired', reading: 'better' });
  });

  test('turns round for metrics where lower is better', () => {
    const made = (loss: number) => {
      const it = model(
        'train',
        { log_loss: estimate(loss, loss - 0.01, loss + 0.01) },
        { digest: digest(`${loss}`) },
      );
      return sampleRecord({ models: [it], model: { step: 'train', digest: it.digest, from: 'train' } });
    };
    expect(metric(made(0.5), made(0.3)).reading).toBe('better');
    expect(metric(made(0.3), made(0.5)).reading).toBe('worse');
  });

  test('is not said of one model on two sets of held-out rows that differ', () => {
    const head = sampleRecord({
      ...again,
      steps: [
        step('data.patients', { artifacts: [{ name: 'held-out', digest: digest('other rows'), bytes: 1 }] }),
      ],
    });
    expect(metric(sampleRecord(), head)).toMatchObject({ basis: 'unpaired', reading: 'noise' });
    expect(diffRuns(sampleRecord(), head).data).toMatchObject([
      { dataset: 'patients', heldOut: 'different' },
    ]);
  });
});

describe('what is different in the data', () => {
  const sample = sampleRecord();
  const patients = sample.data['patients']!;
  const withColumns = (columns: readonly ColumnProfile[], rows = 300): RunRecord =>
    sampleRecord({
      data: {
        patients: { ...patients, fingerprint: digest(JSON.stringify(columns)), profile: { rows, columns } },
      },
    });
  const numbers = (shift: number, maximum = 200) => ({
    name: 'x',
    type: 'number',
    nulls: 0,
    distinct: 300,
    numbers: {
      mean: 50 + shift,
      standardDeviation: 25,
      minimum: 0,
      maximum,
      quantiles: [2, 10, 30, 50, 70, 90, 98].map((each) => each + shift),
      histogram: { edges: [0, maximum], counts: [300] },
    },
  });
  const kinds = (base: RunRecord, head: RunRecord) =>
    diffRuns(base, head).data.flatMap((data) =>
      data.columns.map((each) => [each.column, each.change, ...each.details.map((detail) => detail.kind)]),
    );

  test('columns that came or went, changed type, or lack more values', () => {
    const base = withColumns([
      { name: 'a', type: 'integer', nulls: 0 },
      { name: 'b', type: 'string', nulls: 0 },
    ]);
    const head = withColumns([
      { name: 'a', type: 'number', nulls: 9 },
      { name: 'c', type: 'string', nulls: 0 },
    ]);
    expect(kinds(base, head)).toEqual([
      ['a', 'changed', 'type', 'missing'],
      ['c', 'added'],
      ['b', 'removed'],
    ]);
  });

  test('numbers that lie elsewhere, but not one wild value', () => {
    expect(kinds(withColumns([numbers(0)]), withColumns([numbers(0, 1e9)]))).toEqual([]);
    expect(kinds(withColumns([numbers(0)]), withColumns([numbers(1)]))).toEqual([]);
    const diff = diffRuns(withColumns([numbers(0)]), withColumns([numbers(20)]));
    expect(diff.data[0]!.columns[0]!.details).toEqual([
      { kind: 'shifted', distance: 0.25, base: 50, head: 70 },
    ]);
  });

  test('values that are new, gone, or much more or less frequent', () => {
    const column = (top: Record<string, number>): ColumnProfile => ({
      name: 'thal',
      type: 'string',
      nulls: 0,
      distinct: Object.keys(top).length,
      top: Object.entries(top).map(([value, count]) => ({ value, count })),
    });
    const diff = diffRuns(
      withColumns([column({ normal: 200, fixed: 100 })]),
      withColumns([column({ normal: 230, other: 70 })]),
    );
    expect(diff.data[0]!.columns[0]!.details).toEqual([
      { kind: 'values', added: ['other'], removed: ['fixed'] },
      { kind: 'share', value: 'normal', base: 200 / 300, head: 230 / 300 },
    ]);
  });

  test('says nothing of equal profiles, whatever they are', () => {
    const quantiles = fc
      .array(fc.integer({ min: -5, max: 5 }), { minLength: 9, maxLength: 9 })
      .map((values) => values.sort((a, b) => a - b));
    void fc.assert(
      fc.property(quantiles, (values) => {
        const it = numbers(0);
        const column = {
          ...it,
          numbers: { ...it.numbers, minimum: values[0]!, maximum: values[8]!, quantiles: values.slice(1, 8) },
        };
        expect(kinds(withColumns([column]), withColumns([column]))).toEqual([]);
      }),
    );
  });

  test('contracts and checks', () => {
    const checks = patients.checks!;
    const failing = { ...checks.checks[0]!, verdict: 'fail' as const, failed: 3 };
    const head = sampleRecord({
      data: {
        patients: {
          ...patients,
          contract: { file: 'patients.odcs.yaml', digest: digest('v2'), version: '1.1.0' },
          checks: { ...checks, checks: [failing] },
        },
      },
    });
    expect(diffRuns(sample, head).data).toEqual([
      {
        dataset: 'patients',
        change: 'changed',
        heldOut: 'same',
        rows: { base: 303, head: 303 },
        files: { added: 0, removed: 0, changed: 0 },
        contract: { base: '1.0.0', head: '1.1.0' },
        checks: [
          {
            rule: 'range',
            column: 'age',
            expected: 'between 0 and 120',
            base: { verdict: 'pass', failed: 0 },
            head: { verdict: 'fail', failed: 3 },
          },
        ],
        columns: [],
      },
    ]);
  });
});
