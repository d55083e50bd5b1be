import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import type { FeatureMatrix } from '../../src/features/index.ts';
import type { TrainedModel } from '../../src/train/index.ts';
import {
  classesOf,
  largestDifference,
  matrixOf,
  mixedTask,
  normals,
  onnxAnswers,
  trained,
  valuesOf,
} from './tasks.ts';

/** Rows that look for trouble: thresholds hit exactly, gaps, huge values, infinities, categories out of range. */
function hardRows(matrix: FeatureMatrix, infinities: boolean): FeatureMatrix {
  const random = seededRandom(99);
  const special = [0, -0, 1e300, -1e300, 5e-324, Number.NaN, ...(infinities ? [Infinity, -Infinity] : [])];
  const columns = matrix.columns.map((column, j) => {
    const values = Array.from({ length: 600 }, () => {
      const pick = column[Math.floor(random() * matrix.rows)]!;
      const other = column[Math.floor(random() * matrix.rows)]!;
      const draw = random();
      if (matrix.categories[j]! > 0)
        return draw < 0.1 ? Number.NaN : draw < 0.2 ? 63 + Math.floor(random() * 9) : pick;
      if (draw < 0.2) return special[Math.floor(random() * special.length)]!;
      return draw < 0.6 ? pick / 2 + other / 2 : pick;
    });
    return values;
  });
  return matrixOf(columns, matrix.categories);
}

function complementsExactly(probabilities: Float64Array): boolean {
  for (let i = 0; i < probabilities.length; i += 2) {
    if (probabilities[i]! + probabilities[i + 1]! !== 1 || 1 - probabilities[i + 1]! !== probabilities[i]!)
      return false;
  }
  return true;
}

const task = mixedTask(900, 3);
const binary = classesOf(Int32Array.from(task.values, (value) => (value > 0 ? 1 : 0)));
const several = classesOf(
  Int32Array.from(task.values, (value) => (value < -1 ? 0 : value < 1 ? 2 : 3)),
  ['low', 'never seen', 'middle', 'high'],
);
const filled = matrixOf(
  task.matrix.columns.map((column) => column.map((value) => (Number.isNaN(value) ? 0.3 : value))),
);
const treeOptions = { trees: 30, 'min-samples-leaf': 3 };

async function agreement(model: TrainedModel, rows: FeatureMatrix): Promise<number> {
  return largestDifference(model.predict(rows), await onnxAnswers(model, rows));
}

describe('ONNX Runtime and the trainer give the same answers', () => {
  for (const name of ['random-forest', 'gradient-boosting']) {
    for (const [kind, target] of [
      ['two classes', binary],
      ['several classes', several],
      ['numbers', valuesOf(task.values)],
    ] as const) {
      test(`${name}, ${kind}: on thresholds, gaps, sets of categories and huge values`, async () => {
        const model = await trained(name, { matrix: task.matrix, target, options: treeOptions });
        expect(await agreement(model, task.matrix)).toBeLessThan(1e-12);
        expect(await agreement(model, hardRows(task.matrix, true))).toBeLessThan(1e-12);
      });
    }
  }

  test('categories beyond 64, where ONNX Runtime leaves its bit masks', async () => {
    const random = seededRandom(5);
    const kind = Float64Array.from({ length: 4_000 }, () => Math.floor(random() * 300));
    const noise = normals(random, kind.length);
    const values = kind.map((category, i) => Math.sin(category * 12.9898) * 3 + noise[i]! * 0.2);
    const matrix = matrixOf([kind, noise], [300, 0]);
    for (const name of ['random-forest', 'gradient-boosting']) {
      const options = { trees: 20, 'min-samples-leaf': 2 };
      const model = await trained(name, { matrix, target: valuesOf(values), options });
      expect(await agreement(model, matrix)).toBeLessThan(1e-12);
      expect(await agreement(model, hardRows(matrix, true))).toBeLessThan(1e-12);
    }
  });

  test('trees of one leaf', async () => {
    const matrix = matrixOf([[1, 1, 1, 1]]);
    for (const name of ['random-forest', 'gradient-boosting']) {
      for (const target of [
        classesOf([0, 1, 1, 1]),
        valuesOf([1, 2, 3, 6]),
        classesOf([0, 1, 2, 2], ['a', 'b', 'c']),
      ]) {
        const model = await trained(name, { matrix, target, options: { trees: 3 } });
        expect(await agreement(model, matrixOf([[1, 2, Number.NaN]]))).toBeLessThan(1e-12);
      }
    }
  });

  test('boosting that stopped before its first tree, for there was nothing to learn', async () => {
    const random = seededRandom(2);
    const matrix = matrixOf([normals(random, 80)]);
    const options = {
      'early-stopping': 1,
      'learning-rate': 1,
      'min-samples-leaf': 1,
      'validation-share': 0.5,
    };
    const model = await trained('gradient-boosting', {
      matrix,
      target: valuesOf(normals(random, 80)),
      options,
    });
    expect(model.facts).toMatchObject({ trees: 0, 'rounds-grown': 1, 'stopped-early': true });
    expect(await agreement(model, matrix)).toBe(0);
  });

  test('linear estimators and the baseline', async () => {
    const probes = hardRows(filled, false);
    const finite = matrixOf(
      probes.columns.map((column) => column.map((value) => (Math.abs(value) < 1e9 ? value : 0.5))),
    );
    for (const target of [binary, several]) {
      for (const name of ['logistic-regression', 'baseline']) {
        const model = await trained(name, { matrix: filled, target });
        expect(await agreement(model, finite)).toBeLessThan(1e-12);
      }
    }
    for (const name of ['ridge', 'sgd', 'baseline']) {
      const model = await trained(name, { matrix: filled, target: valuesOf(task.values) });
      expect(await agreement(model, finite)).toBeLessThan(1e-12);
    }
  });

  test('the probabilities of two classes are exact complements, here and in ONNX Runtime', async () => {
    for (const name of ['baseline', 'logistic-regression', 'random-forest', 'gradient-boosting']) {
      const matrix = name === 'logistic-regression' ? filled : task.matrix;
      const model = await trained(name, { matrix, target: binary, options: { trees: 10 } });
      expect(complementsExactly(model.predict(matrix))).toBe(true);
      expect(complementsExactly(await onnxAnswers(model, matrix))).toBe(true);
    }
  });

  test('a class without training rows has the probability 0', async () => {
    for (const name of ['baseline', 'logistic-regression', 'random-forest', 'gradient-boosting']) {
      const matrix = name === 'logistic-regression' ? filled : task.matrix;
      const model = await trained(name, { matrix, target: several, options: { trees: 5 } });
      const probabilities = model.predict(matrix);
      for (let i = 0; i < matrix.rows; i++) {
        expect(probabilities[4 * i + 1]).toBe(0);
        const total = probabilities.subarray(4 * i, 4 * i + 4).reduce((sum, value) => sum + value, 0);
        expect(Math.abs(total - 1)).toBeLessThan(1e-12);
      }
    }
  });
});
