import { describe, expect, test } from 'vitest';
import { makeRows, readReference } from './reference/rows.ts';
import { classesOf, largestDifference, matrixOf, trained, valuesOf } from './tasks.ts';

const reference = readReference();

function head(values: Float64Array, count: number): Float64Array {
  return values.slice(0, count);
}

describe('linear estimators give the answers of scikit-learn', () => {
  const { columns, noise } = makeRows(11, 120, 4, 0);
  columns[1] = columns[1]!.map((value) => value * 40 + 1000);
  columns[2] = columns[2]!.map((value) => value * 0.01);
  const values = noise.map(
    (rest, i) => columns[0]![i]! * 2 - (columns[1]![i]! - 1000) * 0.05 + columns[2]![i]! * 80 + rest,
  );
  const weights = noise.map((_, i) => 0.5 + (i % 5) * 0.5);
  const matrix = matrixOf(columns);
  const targets = {
    binary: classesOf(Int32Array.from(values, (value) => (value > 0 ? 1 : 0))),
    several: classesOf(
      Int32Array.from(values, (value) => (value < -1 ? 0 : value < 0.5 ? 1 : 2)),
      ['a', 'b', 'c'],
    ),
  };

  for (const { task, l2, weighted, probabilities } of reference.small.logistic) {
    test(`logistic-regression, ${task}, l2 ${l2}${weighted ? ', weighted' : ''}`, async () => {
      const extra = weighted ? { weights } : {};
      const model = await trained('logistic-regression', {
        matrix,
        target: targets[task],
        options: { l2 },
        ...extra,
      });
      const answers = head(model.predict(matrix), probabilities.length);
      expect(model.facts['converged']).toBe(true);
      expect(largestDifference(answers, Float64Array.from(probabilities))).toBeLessThan(1e-6);
    });
  }

  for (const { l2, weighted, values: expected } of reference.small.ridge) {
    test(`ridge, l2 ${l2}${weighted ? ', weighted' : ''}`, async () => {
      const extra = weighted ? { weights } : {};
      const model = await trained('ridge', { matrix, target: valuesOf(values), options: { l2 }, ...extra });
      const answers = head(model.predict(matrix), expected.length);
      expect(largestDifference(answers, Float64Array.from(expected))).toBeLessThan(1e-8);
    });
  }
});

describe('trees give the answers of scikit-learn where histograms are exact', () => {
  const { columns, noise } = makeRows(21, 300, 5, 16);
  const values = noise.map((rest, i) => columns[0]![i]! * columns[1]![i]! + columns[2]![i]! * 2 + rest * 0.5);
  const weights = noise.map((_, i) => 0.5 + (i % 3));
  const matrix = matrixOf(columns);
  const withGaps = matrixOf(
    columns.map((column, j) => column.map((value, i) => (j === 2 && i % 7 === 0 ? Number.NaN : value))),
  );
  const settings = { trees: 20, 'learning-rate': 0.2, 'max-depth': 4, 'min-samples-leaf': 5, l2: 1 };
  const single = {
    trees: 1,
    bootstrap: false,
    'max-features': 'all',
    'max-depth': 5,
    'min-samples-leaf': 3,
  };

  test('a single tree', async () => {
    const model = await trained('random-forest', { matrix, target: valuesOf(values), options: single });
    const difference = largestDifference(
      head(model.predict(matrix), 60),
      Float64Array.from(reference.exact.tree),
    );
    expect(difference).toBeLessThan(1e-12);
  });

  test('a single tree with weights', async () => {
    const model = await trained('random-forest', {
      matrix,
      target: valuesOf(values),
      weights,
      options: single,
    });
    const expected = Float64Array.from(reference.exact.treeWeighted);
    expect(largestDifference(head(model.predict(matrix), 60), expected)).toBeLessThan(1e-12);
  });

  // scikit-learn keeps gradients as 32-bit floats.
  test('boosting of numbers', async () => {
    const model = await trained('gradient-boosting', { matrix, target: valuesOf(values), options: settings });
    const expected = Float64Array.from(reference.exact.boosted);
    expect(largestDifference(head(model.predict(matrix), 60), expected)).toBeLessThan(1e-5);
  });

  test('boosting of numbers, where leaves are scarce and the best question goes first', async () => {
    const options = { ...settings, 'max-depth': null, 'max-leaves': 7 };
    const model = await trained('gradient-boosting', { matrix, target: valuesOf(values), options });
    const expected = Float64Array.from(reference.exact.boostedLeaves);
    expect(model.facts['leaves']).toBe(7 * 20);
    expect(largestDifference(head(model.predict(matrix), 60), expected)).toBeLessThan(1e-5);
  });

  test('boosting of numbers with missing values', async () => {
    const model = await trained('gradient-boosting', {
      matrix: withGaps,
      target: valuesOf(values),
      options: settings,
    });
    const expected = Float64Array.from(reference.exact.boostedGaps);
    expect(largestDifference(head(model.predict(withGaps), 60), expected)).toBeLessThan(1e-5);
  });

  test('boosting of classes', async () => {
    const target = classesOf(Int32Array.from(values, (value) => (value > 0 ? 1 : 0)));
    const model = await trained('gradient-boosting', { matrix, target, options: settings });
    const second = model.predict(matrix).filter((_, i) => i % 2 === 1);
    const expected = Float64Array.from(reference.exact.boostedClasses);
    expect(largestDifference(head(second, 60), expected)).toBeLessThan(1e-5);
  });
});
