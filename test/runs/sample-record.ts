import type { Digest } from '../../src/base/index.ts';
import { digestOfBytes } from '../../src/base/index.ts';
import type { Estimate } from '../../src/evaluate/index.ts';
import type { ModelRecord, RunRecord, StepRecord } from '../../src/runs/index.ts';

type Measured = ModelRecord['evaluation'] & {};

export function digest(text: string): Digest {
  return digestOfBytes(text);
}

export function estimate(value: number, low: number, high: number): Estimate {
  return { value, low, high };
}

export function evaluation(
  metrics: Readonly<Record<string, Estimate>>,
  more: Partial<Measured> = {},
): Measured {
  return {
    task: 'classification',
    rows: 76,
    classes: ['0', '1'],
    positive: '1',
    metrics,
    missing: {},
    confusion: [
      [35, 6],
      [5, 30],
    ],
    slices: [],
    importance: [],
    latency: { singleRow: 21.4, perRowInBatch: 1.2, batchRows: 256 },
    bytes: 8_412,
    ...more,
  };
}

export function model(
  step: string,
  metrics: Readonly<Record<string, Estimate>>,
  more: Partial<ModelRecord> = {},
): ModelRecord {
  return {
    step,
    digest: digest(step),
    bytes: 8_412,
    signature: {
      inputs: [{ name: 'age', type: 'double', shape: [null, 1] }],
      outputs: [{ name: 'label', type: 'int64', shape: [null] }],
      opsets: { '': 21, 'ai.onnx.ml': 5 },
    },
    evaluation: evaluation(metrics),
    ...more,
  };
}

export function step(id: string, more: Partial<StepRecord> = {}): StepRecord {
  return {
    id,
    step: id.replace(/\[.*/, ''),
    matrix: {},
    needs: [],
    status: 'ran',
    fingerprint: digest(`fingerprint ${id}`),
    seconds: 1.25,
    attempts: 1,
    artifacts: [],
    ...more,
  };
}

/** A run of the heart-disease pipeline as it could have been. */
export function sampleRecord(more: Partial<RunRecord> = {}): RunRecord {
  const forest = model('train[random-forest]', {
    roc_auc: estimate(0.912, 0.838, 0.967),
    recall: estimate(0.857, 0.727, 0.962),
    log_loss: estimate(0.371, 0.281, 0.478),
  });
  const logistic = model('train[logistic-regression]', {
    roc_auc: estimate(0.908, 0.83, 0.966),
    recall: estimate(0.829, 0.69, 0.943),
    log_loss: estimate(0.389, 0.265, 0.541),
  });
  const baseline = model('train[baseline]', {
    roc_auc: estimate(0.5, 0.5, 0.5),
    recall: estimate(0, 0, 0),
    log_loss: estimate(0.69, 0.682, 0.7),
  });
  return {
    version: 1,
    id: '20261121-031500-1f4a9c1e',
    pipeline: 'heart-disease',
    description: 'Warn the wearer of a bracelet of possible heart disease.',
    startedAt: '2026-11-21T03:15:00.500Z',
    seconds: 12.345,
    trigger: { kind: 'manual' },
    status: 'succeeded',
    verdict: 'pass',
    code: { commit: 'a'.repeat(40), branch: 'main', dirty: false },
    params: { seed: 7, trees: 200 },
    data: {
      patients: {
        fingerprint: digest('patients'),
        files: [{ path: 'pipelines/heart-disease/data/cleveland.csv', digest: digest('csv'), bytes: 11_054 }],
        rows: { total: 303, train: 227, heldOut: 76 },
        strata: [
          { value: 0, train: 123, heldOut: 41 },
          { value: 1, train: 104, heldOut: 35 },
        ],
        contract: { file: 'patients.odcs.yaml', digest: digest('contract'), version: '1.0.0' },
        checks: {
          verdict: 'pass',
          rows: 303,
          checks: [
            {
              rule: 'range',
              column: 'age',
              severity: 'error',
              verdict: 'pass',
              failed: 0,
              expected: 'between 0 and 120',
              examples: [],
            },
          ],
          notChecked: [],
        },
        profile: {
          rows: 303,
          columns: [
            {
              name: 'age',
              type: 'integer',
              nulls: 0,
              distinct: 41,
              numbers: {
                mean: 54.4,
                standardDeviation: 9.04,
                minimum: 29,
                maximum: 77,
                quantiles: [34, 40, 48, 56, 61, 68, 71],
                histogram: { edges: [29, 53, 77], counts: [130, 173] },
              },
            },
            { name: 'name', type: 'string', nulls: 0, personal: true },
          ],
        },
      },
    },
    steps: [
      step('data.patients', { artifacts: [{ name: 'held-out', digest: digest('held-out'), bytes: 4_000 }] }),
      step('validate', { needs: ['data.patients'] }),
      step('train[baseline]', { matrix: { estimator: 'baseline' }, seconds: 0.8 }),
      step('train[logistic-regression]', { matrix: { estimator: 'logistic-regression' } }),
      step('train[random-forest]', { matrix: { estimator: 'random-forest' }, seconds: 2.5 }),
      step('evaluate', { seconds: 4.1 }),
      step('choose', { seconds: 0.2 }),
      step('gates', { seconds: 0.4 }),
    ],
    models: [baseline, logistic, forest],
    model: { step: 'train[random-forest]', digest: forest.digest, from: 'choose' },
    mainMetric: 'roc_auc',
    differences: [
      {
        metric: 'roc_auc',
        best: 'train[random-forest]',
        others: [
          {
            step: 'train[baseline]',
            difference: {
              metric: 'roc_auc',
              baseline: 0.912,
              value: 0.5,
              difference: estimate(-0.412, -0.467, -0.338),
              noise: false,
            },
          },
          {
            step: 'train[logistic-regression]',
            difference: {
              metric: 'roc_auc',
              baseline: 0.912,
              value: 0.908,
              difference: estimate(-0.004, -0.035, 0.024),
              noise: true,
            },
          },
        ],
      },
    ],
    gates: {
      verdict: 'pass',
      results: [
        {
          gate: { metric: 'roc_auc', min: 0.85 },
          verdict: 'pass',
          reason: 'roc_auc 0.912 [0.838, 0.967] is at least 0.85',
        },
        {
          gate: { metric: 'roc_auc', baseline: 'production', 'max-drop': 0.01, 'without-baseline': 'pass' },
          verdict: 'pass',
          reason: 'no version of heart-disease is in production',
        },
      ],
      baselines: [{ name: 'production', origin: 'no version of heart-disease is in production' }],
    },
    environment: {
      trainyard: '0.1.0',
      node: '20.20.2',
      platform: 'linux-x64',
      cpus: 2,
      memoryBytes: 25_769_803_776,
      onnxruntime: '1.30.0',
      duckdb: '1.5.6',
    },
    ...more,
  };
}
