import { describe, expect, test } from 'vitest';
import { estimators } from '../../src/train/index.ts';
import { classesOf, matrixOf, mixedTask, refusal, trained, valuesOf } from './tasks.ts';

const classifiers = estimators
  .filter((estimator) => estimator.tasks.includes('classification'))
  .map(({ name }) => name);
const regressors = estimators
  .filter((estimator) => estimator.tasks.includes('regression'))
  .map(({ name }) => name);
const linear = ['logistic-regression', 'ridge', 'sgd'];
const { NaN: gap } = Number;

function targetFor(name: string, count: number) {
  const numbers = Array.from({ length: count }, (_, i) => i % 2);
  return classifiers.includes(name) ? classesOf(numbers) : valuesOf(numbers);
}

const learners = estimators.map(({ name }) => name).filter((name) => name !== 'baseline');

describe('data that cannot be learned from', () => {
  test.each(estimators.map(({ name }) => name))('%s refuses zero rows', async (name) => {
    expect(await refusal(name, { matrix: matrixOf([[]]), target: targetFor(name, 0) })).toMatchObject({
      code: 'train-no-rows',
    });
  });

  test.each(learners)('%s refuses to learn from no column', async (name) => {
    const matrix = { rows: 2, names: [], columns: [], categories: [] };
    expect(await refusal(name, { matrix, target: targetFor(name, 2) })).toMatchObject({
      code: 'train-no-columns',
    });
  });

  test.each(linear)('%s names the column with missing values and the remedy', async (name) => {
    const failure = await refusal(name, {
      matrix: matrixOf([
        [1, 2],
        [gap, 1],
      ]),
      target: targetFor(name, 2),
    });
    expect(failure).toMatchObject({
      code: 'train-missing-values',
      remedy: expect.stringContaining('impute'),
    });
    expect(failure.message).toContain('"x1"');
  });

  test.each(linear)('%s refuses infinite and enormous values', async (name) => {
    for (const value of [Infinity, -Infinity, 1e200]) {
      const parts = { matrix: matrixOf([[1, value]]), target: targetFor(name, 2) };
      expect(await refusal(name, parts)).toMatchObject({ code: 'train-infinite-values' });
    }
  });

  test.each(classifiers.filter((name) => name !== 'baseline'))(
    '%s refuses rows of one class',
    async (name) => {
      const failure = await refusal(name, { matrix: matrixOf([[1, 2]]), target: classesOf([1, 1]) });
      expect(failure).toMatchObject({ code: 'train-one-class', message: expect.stringContaining('"yes"') });
    },
  );

  test.each(regressors)('%s refuses targets that are not finite', async (name) => {
    for (const value of [gap, Infinity, 1e200]) {
      const parts = { matrix: matrixOf([[1, 2]]), target: valuesOf([1, value]) };
      expect(await refusal(name, parts)).toMatchObject({ code: 'train-target-invalid' });
    }
  });

  test.each(learners)('%s refuses weights that are negative, not numbers, or all zero', async (name) => {
    for (const weights of [
      [1, -1],
      [gap, 1],
      [0, 0],
      [Infinity, 1],
    ]) {
      const parts = {
        matrix: matrixOf([[1, 2]]),
        target: targetFor(name, 2),
        weights: Float64Array.from(weights),
      };
      expect(await refusal(name, parts)).toMatchObject({ code: 'train-weights-invalid' });
    }
  });

  test('a task that an estimator does not do is refused', async () => {
    const parts = { matrix: matrixOf([[1, 2]]), target: valuesOf([1, 2]) };
    expect(await refusal('logistic-regression', parts)).toMatchObject({ code: 'train-task-unsupported' });
  });

  test('stochastic descent on unscaled columns says that it diverged, and the remedy', async () => {
    const column = Array.from({ length: 50 }, (_, i) => i * 1e6);
    const failure = await refusal('sgd', { matrix: matrixOf([column]), target: valuesOf(column) });
    expect(failure).toMatchObject({
      code: 'train-diverged',
      remedy: expect.stringContaining('scale: standard'),
    });
  });
});

describe('odd data that can be learned from', () => {
  test.each(regressors)('%s: one row gives its value', async (name) => {
    const options = { 'learning-rate': 0.1 };
    const model = await trained(name, { matrix: matrixOf([[1]]), target: valuesOf([5]), options });
    expect(model.predict(matrixOf([[1]]))[0]).toBeCloseTo(5, 0);
  });

  test.each(learners.filter((name) => name !== 'sgd'))(
    '%s: constant columns change nothing',
    async (name) => {
      const column = Array.from({ length: 60 }, (_, i) => i / 10);
      const odd = column.map((value) => Math.sin(value * 7));
      const target = classifiers.includes(name)
        ? classesOf(odd.map((value) => (value > 0 ? 1 : 0)))
        : valuesOf(odd);
      const options = { 'max-features': 'all', trees: 10 };
      const alone = await trained(name, { matrix: matrixOf([column]), target, options });
      const constant = column.map(() => 7e9);
      const beside = await trained(name, { matrix: matrixOf([column, constant]), target, options });
      const difference = alone
        .predict(matrixOf([column]))
        .map((value, i) => value - beside.predict(matrixOf([column, constant]))[i]!);
      // The forest draws columns: its trees differ.
      if (name === 'random-forest')
        expect(beside.predict(matrixOf([column, constant])).every(Number.isFinite)).toBe(true);
      else expect(Math.max(...difference.map(Math.abs))).toBeLessThan(1e-9);
    },
    10_000,
  );

  test('trees order infinite values like all others', async () => {
    const column = [-Infinity, -Infinity, -1, -1, 1, 1, Infinity, Infinity];
    for (const name of ['random-forest', 'gradient-boosting']) {
      const options = { trees: 60, 'learning-rate': 0.5, 'min-samples-leaf': 1, l2: 0, bootstrap: false };
      const model = await trained(name, {
        matrix: matrixOf([column]),
        target: valuesOf([1, 1, 2, 2, 3, 3, 4, 4]),
        options,
      });
      const answers = model.predict(matrixOf([[-Infinity, -1, 1, Infinity]]));
      answers.forEach((value, i) => {
        expect(value).toBeCloseTo(i + 1, 6);
      });
    }
  });

  test('perfectly separable classes do not diverge, with or without a penalty', async () => {
    const column = [1, 2, 3, 4, 5, 6, 7, 8];
    for (const l2 of [1, 1e-6, 0]) {
      const model = await trained('logistic-regression', {
        matrix: matrixOf([column]),
        target: classesOf([0, 0, 0, 0, 1, 1, 1, 1]),
        options: { l2 },
      });
      const answers = model.predict(matrixOf([column]));
      expect(answers.every(Number.isFinite)).toBe(true);
      expect(answers[1]).toBeLessThan(0.5);
      expect(answers[15]).toBeGreaterThan(0.5);
    }
  });

  test('rows of weight 0 are as if they were not there', async () => {
    const { matrix, values } = mixedTask(300, 8);
    const weights = values.map((_, i) => (i % 3 === 0 ? 0 : 1));
    const keep = (column: Float64Array) => column.filter((_, i) => i % 3 !== 0);
    const fewer = matrixOf(matrix.columns.map(keep), matrix.categories);
    for (const name of ['baseline', 'random-forest', 'gradient-boosting']) {
      const options = { trees: 5 };
      const all = await trained(name, { matrix, target: valuesOf(values), weights, options });
      const some = await trained(name, { matrix: fewer, target: valuesOf(keep(values)), options });
      const difference = all.predict(matrix).map((value, i) => value - some.predict(matrix)[i]!);
      expect(Math.max(...difference.map(Math.abs))).toBeLessThan(1e-12);
    }
  });

  test('a weight of 2 is as good as the row twice', async () => {
    const { matrix, values } = mixedTask(200, 9);
    const filled = matrixOf(
      matrix.columns.map((column) => column.map((value) => (Number.isNaN(value) ? 0 : value))),
    );
    const twice = matrixOf(filled.columns.map((column) => [...column, ...column.slice(0, 100)]));
    const weights = values.map((_, i) => (i < 100 ? 2 : 1));
    const labels = (source: ArrayLike<number>) =>
      classesOf(Array.from(source, (value) => (value > 0 ? 1 : 0)));
    const doubled = [...values, ...values.slice(0, 100)];
    for (const name of ['logistic-regression', 'ridge', 'gradient-boosting']) {
      // Boosting scales weights to a mean of 1, which a penalty would feel.
      const options = {
        'min-samples-leaf': 1,
        'max-depth': 2,
        trees: 10,
        l2: name === 'gradient-boosting' ? 0 : 0.5,
      };
      const classes = name === 'logistic-regression';
      const weighted = await trained(name, {
        matrix: filled,
        target: classes ? labels(values) : valuesOf(values),
        weights,
        options,
      });
      const repeated = await trained(name, {
        matrix: twice,
        target: classes ? labels(doubled) : valuesOf(doubled),
        options,
      });
      const difference = weighted.predict(filled).map((value, i) => value - repeated.predict(filled)[i]!);
      expect(Math.max(...difference.map(Math.abs))).toBeLessThan(1e-6);
    }
  });
});
