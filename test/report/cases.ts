import type { RunRecord } from '../../src/runs/index.ts';
import { digest, estimate, model, sampleRecord, step } from '../runs/sample-record.ts';

/** What a person would never write, and somebody will. */
export const hostile =
  'a|b `x` **c** <img src=x onerror=alert(1)> <!-- --> [d](https://evil.example) @octocat #12 GH-3 o/r#4 www.evil.example $x$ ~~e~~ \u001b[31mred\u001b[0m \u202eright\nline _f_ ![g](h) &amp; \\';

const base = sampleRecord();
const later = { id: '20261122-031500-2b84a9c1', startedAt: '2026-11-22T03:15:00.696Z' };

const betterForest = model(
  'train[random-forest]',
  {
    roc_auc: estimate(0.925, 0.85, 0.97),
    recall: estimate(0.871, 0.751, 0.962),
    log_loss: estimate(0.35, 0.25, 0.46),
  },
  { digest: digest('better forest'), bytes: 120_400 },
);

const patients = base.data['patients']!;
const age = patients.profile!.columns[0]!;

/** Another model, parameters, data and gates; some of the differences are paired. */
const changed = sampleRecord({
  ...later,
  code: { commit: 'b'.repeat(40), branch: 'topic', dirty: true },
  params: { seed: 7, trees: 300 },
  verdict: 'fail',
  models: [base.models[0]!, base.models[1]!, betterForest],
  model: { step: betterForest.step, digest: betterForest.digest, from: 'choose' },
  data: {
    patients: {
      ...patients,
      fingerprint: digest('more patients'),
      rows: { total: 320, train: 240, heldOut: 80 },
      files: [{ ...patients.files[0]!, digest: digest('more csv') }],
      profile: {
        rows: 320,
        columns: [
          { ...age, nulls: 12, numbers: { ...age.numbers!, quantiles: [36, 44, 52, 60, 65, 70, 75] } },
        ],
      },
    },
  },
  steps: [
    step('data.patients', {
      fingerprint: digest('x'),
      artifacts: [{ name: 'held-out', digest: digest('y'), bytes: 1 }],
    }),
    ...base.steps
      .slice(1)
      .map((each) =>
        each.id === 'train[random-forest]'
          ? { ...each, fingerprint: digest('300 trees') }
          : { ...each, status: 'cached' as const },
      ),
  ],
  differences: [],
  gates: {
    verdict: 'fail',
    results: [
      base.gates!.results[0]!,
      {
        gate: { metric: 'roc_auc', baseline: 'best', 'max-drop': 0.01 },
        verdict: 'pass',
        reason: 'roc_auc 0.925 is 0.013 [-0.004, 0.031] above the best, run 20261121-031500-1f4a9c1e',
        difference: {
          metric: 'roc_auc',
          baseline: 0.912,
          value: 0.925,
          difference: estimate(0.013, -0.004, 0.031),
          noise: true,
        },
      },
      {
        gate: { metric: 'recall', slice: 'sex', 'max-gap': 0.25 },
        verdict: 'fail',
        reason: 'recall of sex is between 0.6 (0) and 0.9 (1): a gap of 0.3 is more than 0.25',
      },
    ],
    baselines: [{ name: 'best', digest: base.model!.digest, origin: 'run 20261121-031500-1f4a9c1e' }],
  },
  environment: { ...base.environment, node: '24.1.0', memoryBytes: 8_000_000_000 },
});

const check = patients.checks!.checks[0]!;

const { model: _, gates: __, mainMetric: ___, differences: ____, ...unmeasured } = sampleRecord(later);

/** The contract does not hold, and nothing was trained. */
const rejected: RunRecord = {
  ...unmeasured,
  status: 'failed',
  verdict: 'fail',
  seconds: 75.2,
  models: [],
  data: {
    patients: {
      ...patients,
      checks: {
        verdict: 'fail',
        rows: 303,
        checks: [
          check,
          {
            ...check,
            rule: 'enum',
            column: 'thal',
            verdict: 'fail',
            failed: 2,
            expected: 'one of normal, fixed, reversable',
            examples: [{ file: 'data/cleveland.csv', line: 90, row: 89, value: 'odd' }],
          },
          {
            ...check,
            rule: 'unique',
            column: 'patient_id',
            severity: 'warning',
            verdict: 'fail',
            failed: 1,
            expected: 'unique',
          },
          {
            ...check,
            rule: 'pattern',
            column: 'name',
            verdict: 'inconclusive',
            because: 'the pattern took too long',
          },
        ],
        notChecked: [],
      },
    },
  },
  steps: [
    step('data.patients'),
    step('validate', {
      status: 'rejected',
      failure: { code: 'contract-violated', message: '2 rows of patients do not keep the contract' },
    }),
    step('train', { status: 'skipped', because: 'validate said no' }),
    step('sklearn', {
      status: 'failed',
      attempts: 3,
      failure: { code: 'step-failed', message: 'python train.py ended with 1' },
    }),
    step('evaluate', { status: 'cancelled' }),
  ],
};

/** Errors of a forecast: lower is better, large numbers, a candidate that cannot be measured. */
const regression = sampleRecord({
  ...later,
  pipeline: 'power-load',
  params: { horizon: 24 },
  mainMetric: 'rmse',
  models: [
    model('train[sgd]', { rmse: estimate(1834.2, 1701.5, 1969.9), r2: estimate(0.934, 0.921, 0.945) }),
    model('train[random-forest]', {
      rmse: estimate(1207.7, 1108.1, 1322.6),
      r2: estimate(0.971, 0.966, 0.976),
    }),
    model('train[broken]', {}),
  ],
  model: { step: 'train[random-forest]', digest: digest('train[random-forest]'), from: 'choose' },
  differences: [
    {
      metric: 'rmse',
      best: 'train[random-forest]',
      others: [
        {
          step: 'train[sgd]',
          difference: {
            metric: 'rmse',
            baseline: 1207.7,
            value: 1834.2,
            difference: estimate(626.5, 540.2, 720.8),
            noise: false,
          },
        },
      ],
    },
  ],
  gates: {
    verdict: 'inconclusive',
    results: [
      {
        gate: { metric: 'mae', max: 900 },
        verdict: 'inconclusive',
        reason: 'mae cannot be computed: too few rows',
      },
    ],
  },
  verdict: 'inconclusive',
  data: {},
  code: null,
});

/** Text of others in every place that shows any. */
const hostileRecord = sampleRecord({
  ...later,
  verdict: 'fail',
  params: { [hostile]: hostile, wide: '日本語のとても長い値 🚂🚃' },
  code: { commit: 'c'.repeat(40), branch: hostile, dirty: false },
  models: [model(hostile, { roc_auc: estimate(0.9, 0.8, 0.95) })],
  model: { step: hostile, digest: digest(hostile), from: hostile },
  mainMetric: 'roc_auc',
  differences: [],
  steps: [step(hostile, { status: 'failed', failure: { code: 'x', message: hostile } })],
  gates: {
    verdict: 'fail',
    results: [{ gate: { metric: 'roc_auc', min: 0.95 }, verdict: 'fail', reason: hostile }],
  },
  data: {
    [hostile]: {
      ...patients,
      checks: {
        ...patients.checks!,
        verdict: 'fail',
        checks: [{ ...check, verdict: 'fail', column: hostile, expected: hostile, failed: 1 }],
      },
    },
  },
});

/** One run to report, or two to compare; each has a folder in golden/. */
export const cases: Readonly<Record<string, readonly [RunRecord] | readonly [RunRecord, RunRecord]>> = {
  'a run that passed': [base],
  'a run whose data was rejected': [rejected],
  'a run of a regression': [regression],
  'a run with hostile text': [hostileRecord],
  'two runs that differ': [base, changed],
  'two runs whose chosen model is the same': [
    base,
    sampleRecord({ ...later, params: { seed: 7, trees: 50 } }),
  ],
  'two runs that are alike': [
    base,
    sampleRecord({ ...later, environment: { ...base.environment, cpus: 8 } }),
  ],
  'a run that failed after one that passed': [base, rejected],
  'two runs, one with hostile text': [base, hostileRecord],
};
