import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkOptions, estimators, findEstimator, nearestEstimator } from '../../src/train/index.ts';
import { classesOf, matrixOf, refusal } from './tasks.ts';

const boosting = findEstimator('gradient-boosting')!;

describe('options of estimators', () => {
  test('have kebab-case names, a description, and a default that they accept themselves', () => {
    for (const estimator of estimators) {
      for (const option of estimator.options) {
        expect(option.name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
        expect(option.description.length).toBeGreaterThan(10);
        expect(checkOptions(estimator, { [option.name]: option.default }).ok).toBe(true);
      }
      expect(checkOptions(estimator, {})).toMatchObject({ ok: true, value: { ignored: [] } });
    }
  });

  test('that are left out have their defaults, and numbers may be written as text', () => {
    const checked = checkOptions(boosting, { trees: '200', 'max-depth': null });
    expect(checked).toMatchObject({
      ok: true,
      value: { values: { trees: 200, 'max-depth': null, 'learning-rate': 0.1 } },
    });
  });

  test('that only another estimator has are ignored, for a matrix gives all estimators the same', () => {
    const checked = checkOptions(findEstimator('baseline')!, { trees: 200, l2: 1 });
    expect(checked).toMatchObject({ ok: true, value: { values: {}, ignored: ['trees', 'l2'] } });
  });

  test('that nobody has are refused with the nearest name, all mistakes at once', () => {
    const checked = checkOptions(boosting, { 'learning-rat': 0.1, trees: 0, subsample: 'half' });
    expect(checked).toMatchObject({
      ok: false,
      failure: [
        { code: 'train-option-unknown', remedy: 'Did you mean `learning-rate`?' },
        { code: 'train-option-invalid', message: expect.stringContaining('an integer from 1 to 10000') },
        { code: 'train-option-invalid', message: expect.stringContaining('"half"') },
      ],
    });
  });

  test.each([
    ['trees', 1.5],
    ['trees', '0x10'],
    ['trees', ' 5'],
    ['trees', 1e9],
    ['trees', null],
    ['trees', Number.NaN],
    ['learning-rate', Infinity],
    ['max-depth', true],
    ['max-depth', []],
  ])('%s refuses %j', (name, value) => {
    expect(checkOptions(boosting, { [name]: value }).ok).toBe(false);
  });

  test('refuse a choice that is none, and a flag that is none', () => {
    const forest = findEstimator('random-forest')!;
    expect(checkOptions(forest, { 'max-features': 'log2', bootstrap: 1 })).toMatchObject({
      ok: false,
      failure: [{ message: expect.stringContaining('one of auto, sqrt, third, all') }, {}],
    });
    expect(checkOptions(forest, { bootstrap: 'false' })).toMatchObject({
      value: { values: { bootstrap: false } },
    });
  });

  test('never crash the check, whatever was written', () => {
    const names = fc.oneof(
      fc.constantFrom('trees', 'l2', 'max-depth', '__proto__', 'constructor'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.dictionary(names, fc.anything()), (written) => {
        for (const estimator of estimators) {
          const checked = checkOptions(estimator, written);
          if (!checked.ok) expect(checked.failure.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('are checked by the estimators themselves too', async () => {
    const parts = { matrix: matrixOf([[1, 2]]), target: classesOf([0, 1]), options: { tree: 3 } };
    expect(await refusal('gradient-boosting', parts)).toMatchObject({ code: 'train-option-unknown' });
  });

  test('a growth without any limit is refused', async () => {
    const options = { 'max-depth': null };
    const parts = { matrix: matrixOf([[1, 2]]), target: classesOf([0, 1]), options };
    expect(await refusal('gradient-boosting', parts)).toMatchObject({ code: 'train-option-invalid' });
  });

  test('the nearest estimator to a misspelt one', () => {
    expect(nearestEstimator('random-forrest')).toBe('random-forest');
    expect(nearestEstimator('xyz')).toBeUndefined();
  });
});
