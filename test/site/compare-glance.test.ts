import { describe, expect, it } from 'vitest';
import type { Compared } from '../../site/compare/compared.ts';
import { labelOf, letterOf } from '../../site/compare/compared.ts';
import { chanceSentences, glanceSentences, judgedCount } from '../../site/compare/glance.ts';
import { basesOf } from '../../site/compare/metrics.ts';
import type { Estimate } from '../../src/evaluate/index.ts';
import type { RunRecord } from '../../src/runs/index.ts';
import { diffRuns } from '../../src/runs/index.ts';
import type { RunComparison } from '../../src/site/format/index.ts';
import { estimate, model, sampleRecord, step } from '../runs/sample-record.ts';

/** A run whose chosen model is of an estimator of a matrix, with metrics. */
function runOf(
  place: number,
  estimator: string,
  metrics: Readonly<Record<string, Estimate>>,
  params: RunRecord['params'] = {},
): Compared {
  const id = `20261121-03150${place}-1f4a9c1e`;
  const made = model(`train[${estimator}]`, metrics);
  const record = sampleRecord({
    id,
    params,
    steps: [step(made.step, { matrix: { estimator } })],
    models: [made],
    model: { step: made.step, digest: made.digest, from: 'choose' },
  });
  return {
    name: { pipeline: record.pipeline, id },
    letter: letterOf(place),
    place,
    record,
    model: made,
    curves: undefined,
    answers: undefined,
    learning: undefined,
  };
}

/** As the worker answers when it has measured the differences of metrics. */
function measured(base: Compared, head: Compared): ReadonlyMap<string, RunComparison> {
  const paired = Object.entries(head.model!.evaluation!.metrics).map(([metric, { value, low, high }]) => {
    const baseline = base.model!.evaluation!.metrics[metric]!.value;
    const difference = { value: value - baseline, low: low - baseline, high: high - baseline };
    const noise = difference.low <= 0 && difference.high >= 0;
    return { metric, baseline, value, difference, noise };
  });
  return new Map([
    [head.letter, { diff: diffRuns(base.record, head.record, paired), drift: {}, measured: true }],
  ]);
}

const texts = (base: Compared, head: Compared): readonly string[] =>
  glanceSentences({ runs: [base, head], base, found: measured(base, head) }).map(({ text }) => text);

describe('what differs at a glance', () => {
  const base = runOf(0, 'random-forest', {
    roc_auc: estimate(0.9, 0.85, 0.95),
    recall: estimate(0.8, 0.75, 0.85),
    log_loss: estimate(0.4, 0.35, 0.45),
    accuracy: estimate(0.8, 0.75, 0.85),
  });
  const head = runOf(1, 'gradient-boosting', {
    roc_auc: estimate(0.91, 0.87, 0.95),
    recall: estimate(0.7, 0.65, 0.75),
    log_loss: estimate(0.6, 0.55, 0.65),
    accuracy: estimate(0.9, 0.86, 0.95),
  });

  it('names every metric that is worse by its interval, though the main one is not', () => {
    const said = glanceSentences({ runs: [base, head], base, found: measured(base, head) });
    const worse = said.find(({ tone }) => tone === 'worse')!.text;
    expect(worse).toMatch(
      /^B is worse than A in log_loss \(.*\) and recall \(.*\): the 95 % interval of each difference excludes 0\.$/,
    );
    expect(said.find(({ tone }) => tone === 'better')!.text).toMatch(
      /^B is better than A in accuracy \(.*\): the 95 % interval of this difference excludes 0\.$/,
    );
    expect(said.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^B differs from it by .*may be noise\.$/),
    );
  });

  it('says that the estimator differs, with parameters that are the same', () => {
    expect(texts(base, head)).toContain(
      'Their models are of different estimators: A random-forest and B gradient-boosting.',
    );
    expect(texts(base, head)).toContain('Their parameters are the same.');
  });

  it('says that no interval excludes 0 where that is so', () => {
    const same = runOf(1, 'random-forest', base.model!.evaluation!.metrics);
    const said = texts(base, same);
    expect(said.join(' ')).not.toMatch(/estimators|worse|better/);
    const near = runOf(1, 'ridge', { roc_auc: estimate(0.89, 0.85, 0.94) });
    expect(texts(base, near)).toContain(
      'No difference of B from A in 1 metric has a 95 % interval that excludes 0.',
    );
  });

  it('says of many runs only what is no noise, and of the others at once that nothing is', () => {
    const quiet = [2, 3, 4].map((place) =>
      runOf(place, 'random-forest', { recall: estimate(0.8, 0.7, 0.9) }),
    );
    const found = new Map([head, ...quiet].flatMap((run) => [...measured(base, run)]));
    const said = glanceSentences({ runs: [base, head, ...quiet], base, found }).map(({ text }) => text);
    expect(said.filter((text) => text.includes('differs from it'))).toEqual([]);
    expect(said).toContain(
      'No difference of C, D and E from A in 1 metric has a 95 % interval that excludes 0.',
    );
    expect(said.filter((text) => text.startsWith('B is worse'))).toHaveLength(1);
  });

  it('says from ten judged differences on how many chance alone would name, as the table of metrics does', () => {
    const heads = [1, 2, 3].map((place) => runOf(place, 'ridge', head.model!.evaluation!.metrics));
    const said = (few: readonly Compared[]): readonly string[] => {
      const found = new Map(few.flatMap((run) => [...measured(base, run)]));
      return glanceSentences({ runs: [base, ...few], base, found }).map(({ text }) => text);
    };
    expect(said(heads)).toContain(
      '12 differences are judged here, each at 95 %: if no two models differed, chance alone would call up to about 1 of them better or worse.',
    );
    expect(said(heads.slice(1)).join(' ')).not.toContain('chance');
    expect(chanceSentences(72)[0]).toMatch(/^72 differences .* up to about 4 of them/);
    const found = new Map(heads.flatMap((run) => [...measured(base, run)]));
    expect(judgedCount(heads, found)).toBe(12);
  });

  it('is measured with a seed and resamples that are told', () => {
    const sentence = basesOf([head], measured(base, head))[0]!.sentence;
    expect(sentence).toContain('1,000 paired resamples with seed 0: the defaults of pipelines');
  });
});

describe('what a run is called in a legend', () => {
  it('has its estimator where that differs, and the parameters that do', () => {
    const runs = [runOf(0, 'ridge', {}, { trees: 20 }), runOf(1, 'lasso', {}, { trees: 60 })];
    expect(runs.map((run) => labelOf(run, runs))).toEqual(['A: ridge, trees 20', 'B: lasso, trees 60']);
    const same = [runs[0]!, runOf(1, 'ridge', {}, { trees: 60 })];
    expect(labelOf(same[0]!, same)).toBe('A: trees 20');
  });

  it('has the id of the step where matrices do not tell', () => {
    const [one, two] = [runOf(0, 'ridge', {}), runOf(1, 'lasso', {})];
    const bare = { ...two, record: { ...two.record, steps: [] } };
    expect(labelOf(bare, [one, bare])).toBe('B: train[lasso]');
  });
});
