import { seededRandom } from '../../src/base/index.ts';
import type { ClassSample, Sample, ValueSample } from '../../src/evaluate/index.ts';

/** A sample as plain JSON, for scikit-learn and for golden files. */
export interface Case {
  readonly task: 'classification' | 'regression';
  readonly classes?: readonly string[];
  readonly positive?: number;
  readonly truth: readonly number[];
  readonly labels?: readonly number[];
  readonly probabilities?: readonly number[];
  readonly predicted?: readonly number[];
}

/** What scikit-learn says of a case; `null` where the metric is not defined. */
export interface Reference {
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly roc?: { readonly fpr: readonly number[]; readonly tpr: readonly number[] };
  readonly precisionRecall?: { readonly recall: readonly number[]; readonly precision: readonly number[] };
  readonly calibration?: { readonly predicted: readonly number[]; readonly observed: readonly number[] };
}

export function sampleOfCase(one: Case): Sample {
  if (one.task === 'regression') {
    return {
      task: 'regression',
      rows: one.truth.length,
      truth: Float64Array.from(one.truth),
      predicted: Float64Array.from(one.predicted!),
    } satisfies ValueSample;
  }
  return {
    task: 'classification',
    rows: one.truth.length,
    classes: one.classes!,
    ...(one.positive === undefined ? {} : { positive: one.positive }),
    truth: Int32Array.from(one.truth),
    labels: Int32Array.from(one.labels!),
    probabilities: Float64Array.from(one.probabilities!),
  } satisfies ClassSample;
}

/** Cases with ties, few rows, extreme probabilities, absent classes, two and more classes, and numbers. */
export function generateCases(count: number, seed: number): readonly Case[] {
  return Array.from({ length: count }, (_, i) => {
    const random = seededRandom(seed * 1_000_003 + i);
    const kind = i % 5;
    if (kind === 0) return valueCase(random);
    return classCase(random, kind === 4 ? 3 + Math.floor(random() * 4) : 2);
  });
}

type Random = () => number;

function rowsOf(random: Random): number {
  return random() < 0.4 ? 1 + Math.floor(random() * 8) : 2 + Math.floor(random() * 180);
}

function valueCase(random: Random): Case {
  const rows = rowsOf(random);
  const scale = 10 ** Math.floor(random() * 7 - 3);
  const offset = random() < 0.3 ? 1000 * scale : 0;
  const isInteger = random() < 0.3;
  const truth: number[] = [];
  const predicted: number[] = [];
  for (let i = 0; i < rows; i++) {
    const value = isInteger ? Math.floor(random() * 5) : offset + (random() - 0.5) * scale;
    truth.push(value);
    predicted.push(random() < 0.1 ? value : value + (random() - 0.5) * scale * 0.5);
  }
  return { task: 'regression', truth, predicted };
}

function classCase(random: Random, width: number): Case {
  const rows = rowsOf(random);
  const skew = random();
  const coarse = random() < 0.5;
  const extreme = random() < 0.3;
  const truth: number[] = [];
  const labels: number[] = [];
  const probabilities: number[] = [];
  for (let i = 0; i < rows; i++) {
    const klass = random() < skew ? 0 : Math.floor(random() * width);
    const weights: number[] = Array.from({ length: width }, (_, j) => {
      const weight = random() + (j === klass ? random() : 0);
      return coarse ? Math.floor(weight * 4) : weight;
    });
    if (!weights.some((weight) => weight > 0)) weights[0] = 1;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let row = weights.map((weight) => weight / total);
    if (width === 2) row = [1 - row[1]!, row[1]!];
    if (extreme && random() < 0.5) row = extremeRow(random, width);
    truth.push(klass);
    probabilities.push(...row);
    labels.push(random() < 0.05 ? Math.floor(random() * width) : row.indexOf(Math.max(...row)));
  }
  const classes = Array.from({ length: width }, (_, j) => String(j));
  return {
    task: 'classification',
    classes,
    ...(width === 2 ? { positive: random() < 0.2 ? 0 : 1 } : {}),
    truth,
    labels,
    probabilities,
  };
}

function extremeRow(random: Random, width: number): number[] {
  const row = Array<number>(width).fill(0);
  const first = Math.floor(random() * width);
  const tiny = [0, 1e-320, 1e-17, 2 ** -52, 1e-9][Math.floor(random() * 5)]!;
  row[first] = 1 - tiny;
  row[(first + 1) % width] = tiny;
  return row;
}
