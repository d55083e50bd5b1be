import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import type { Target, TrainedModel } from '../../src/train/index.ts';
import { findEstimator } from '../../src/train/index.ts';
import { classesOf, matrixOf, mixedTask, normals, requestOf, trained, valuesOf } from './tasks.ts';

const task = mixedTask(20_000, 17);
const random = seededRandom(4);
const extra = Array.from({ length: 5 }, () => normals(random, 20_000));
const matrix = matrixOf([...task.matrix.columns, ...extra], [...task.matrix.categories, 0, 0, 0, 0, 0]);
const small = matrixOf(
  matrix.columns.map((column) => column.slice(0, 500)),
  matrix.categories,
);

const targets: Readonly<Record<string, Target>> = {
  numbers: valuesOf(task.values),
  'two classes': classesOf(Int32Array.from(task.values, (value) => (value > 0 ? 1 : 0))),
  'three classes': classesOf(
    Int32Array.from(task.values, (value) => (value < -1 ? 0 : value < 1 ? 1 : 2)),
    ['a', 'b', 'c'],
  ),
};

const options = {
  trees: 40,
  subsample: 0.7,
  'columns-share': 0.8,
  'early-stopping': 30,
  'max-depth': 5,
};

function bits(model: TrainedModel): Buffer {
  return Buffer.from(model.predict(small).buffer);
}

describe('the number of threads', () => {
  for (const name of ['random-forest', 'gradient-boosting']) {
    for (const [kind, target] of Object.entries(targets)) {
      test(`changes no bit of a model: ${name}, ${kind}`, async () => {
        const one = await trained(name, { matrix, target, options, threads: 1 });
        const three = await trained(name, { matrix, target, options, threads: 3 });
        expect(bits(three).equals(bits(one))).toBe(true);
        expect(three.facts).toEqual(one.facts);
      });
    }
  }
});

describe('seeds', () => {
  for (const name of ['random-forest', 'gradient-boosting', 'sgd']) {
    test(`${name}: the same seed gives the same model, another one another`, async () => {
      const parts = {
        matrix: matrixOf(extra.map((column) => column.slice(0, 500))),
        options: { ...options, trees: 5 },
      };
      const target = valuesOf(task.values.slice(0, 500));
      const predict = async (seed: number) =>
        Buffer.from((await trained(name, { ...parts, target, seed })).predict(parts.matrix).buffer);
      expect((await predict(1)).equals(await predict(1))).toBe(true);
      expect((await predict(1)).equals(await predict(2))).toBe(false);
    });
  }
});

describe('cancelling', () => {
  for (const name of ['random-forest', 'gradient-boosting', 'sgd', 'logistic-regression']) {
    for (const threads of [1, 2]) {
      test(`${name} with ${threads} thread(s) ends soon and says so`, async () => {
        const controller = new AbortController();
        const linear = name === 'sgd' || name === 'logistic-regression';
        const shares: number[] = [];
        const result = await findEstimator(name)!.train(
          requestOf({
            matrix: linear ? matrixOf(extra) : matrix,
            target: targets[name === 'sgd' ? 'numbers' : 'two classes']!,
            options: { trees: 10_000, epochs: 100_000, tolerance: null, l2: 1e-9 },
            threads,
            signal: controller.signal,
            onProgress(share) {
              shares.push(share);
              controller.abort();
            },
          }),
        );
        expect(result).toMatchObject({ ok: false, failure: { code: 'train-cancelled' } });
        expect(shares.length).toBeLessThan(20);
      });
    }
  }
});

describe('progress', () => {
  test('is reported from 0 to 1, in order', async () => {
    const shares: number[] = [];
    const onProgress = (share: number) => shares.push(share);
    await trained('gradient-boosting', {
      matrix: small,
      target: valuesOf(task.values.slice(0, 500)),
      onProgress,
    });
    expect(shares).toHaveLength(100);
    expect(shares.at(-1)).toBe(1);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
  });
});
