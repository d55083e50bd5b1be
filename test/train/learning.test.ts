import { describe, expect, it } from 'vitest';
import type { Target } from '../../src/train/index.ts';
import { learningSeries } from '../../src/train/index.ts';
import { classesOf, mixedTask, trained, valuesOf } from './tasks.ts';

const { matrix, values } = mixedTask(600, 3);
const numbers = valuesOf(values);
const twoClasses = classesOf(Int32Array.from(values, (value) => (value > 0 ? 1 : 0)));
const threeClasses = classesOf(
  Int32Array.from(values, (value) => (value < -1 ? 0 : value < 1 ? 1 : 2)),
  ['a', 'b', 'c'],
);

async function learningOf(name: string, target: Target, options: object = {}) {
  const model = await trained(name, { matrix, target, options: { ...options }, threads: 1 });
  return model.learning!;
}

describe('what estimators keep of how they learned', () => {
  it.each([
    ['numbers', numbers],
    ['two classes', twoClasses],
    ['three classes', threeClasses],
  ] as const)(
    'gradient boosting: the loss falls round by round, of validation rows beside it: %s',
    async (_, target) => {
      const { unit, series } = await learningOf('gradient-boosting', target, {
        trees: 30,
        'early-stopping': 10,
      });
      expect([unit, series.length]).toEqual(['round', 2]);
      const [training, validation] = series;
      expect(training!.steps[0]).toBe(0);
      expect(training!.values.at(-1)).toBeLessThan(training!.values[0]!);
      expect(validation!.name).toBe(training!.name.replace('training', 'validation'));
      const alone = await learningOf('gradient-boosting', target, { trees: 10 });
      expect(alone.series.map(({ steps }) => steps)).toEqual([Array.from({ length: 11 }, (_, i) => i)]);
    },
  );

  it.each([
    ['numbers', numbers],
    ['two classes', twoClasses],
    ['three classes', threeClasses],
  ] as const)(
    'random forest: the out-of-bag error by trees, none without a bootstrap: %s',
    async (_, target) => {
      const { unit, series } = await learningOf('random-forest', target, { trees: 60 });
      expect([unit, series[0]!.name]).toEqual(['tree', 'out-of-bag error']);
      expect(series[0]!.steps.at(-1)).toBe(60);
      expect(series[0]!.values.at(-1)).toBeLessThan(series[0]!.values[0]!);
      expect((await learningOf('random-forest', target, { trees: 5, bootstrap: false })).series).toEqual([]);
    },
  );

  it('is the same for the same seed', async () => {
    const once = await learningOf('random-forest', twoClasses, { trees: 20 });
    expect(await learningOf('random-forest', twoClasses, { trees: 20 })).toEqual(once);
  });

  it('has at most 500 points with the first and the last, and no infinities', () => {
    const points = Array.from({ length: 9_001 }, (_, i): [number, number] => [
      i,
      i === 4 ? Infinity : 1 / (i + 1),
    ]);
    const { steps, values } = learningSeries('loss', points);
    expect(steps.length).toBeLessThanOrEqual(500);
    expect([steps[0], steps.at(-1), values.every(Number.isFinite)]).toEqual([0, 9_000, true]);
  });
});
