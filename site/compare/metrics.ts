import type { NotMeasured, RunComparison } from '@format';
import { mainMetricOf, metricDefinition, metricDefinitions, pairing } from '@format';
import type { Compared } from './compared.ts';

export type MetricDiff = NonNullable<RunComparison['diff']['chosen']>['metrics'][number];

/** Metrics that any of the models has: the one to look at first, then in the order of their definitions. */
export function metricNames(runs: readonly Compared[]): readonly string[] {
  const found = new Set(runs.flatMap(({ model }) => Object.keys(model?.evaluation?.metrics ?? {})));
  const first = runs.flatMap(({ record }) => mainMetricOf(record) ?? []);
  const known = [...first, ...metricDefinitions.map(({ name }) => name), ...found];
  return [...new Set(known)].filter((name) => found.has(name));
}

/** Also those that could not be computed for any of them. */
export function allMetricNames(runs: readonly Compared[]): readonly string[] {
  const missing = runs.flatMap(({ model }) => Object.keys(model?.evaluation?.missing ?? {}));
  return [...new Set([...metricNames(runs), ...missing])];
}

/** `higher is better` */
export function directionOf(metric: string): string {
  return metricDefinition(metric)?.better === 'lower' ? 'lower is better' : 'higher is better';
}

/** What a difference is, in a word. */
export function wordOf({ reading, difference }: MetricDiff): string {
  if (reading === undefined) return '';
  const isNone = typeof difference === 'object' && difference.low === 0 && difference.high === 0;
  return isNone ? 'the same' : reading === 'noise' ? 'may be noise' : reading;
}

/** How differences came about, for each run that has any. */
export interface Basis {
  readonly letters: readonly string[];
  readonly sentence: string;
  readonly remedy?: string;
}

/** Sentences on what the differences of the runs are worth, and how to get better ones. */
export function basesOf(
  heads: readonly Compared[],
  found: ReadonlyMap<string, RunComparison>,
): readonly Basis[] {
  const bases = new Map<string, Basis>();
  for (const { letter } of heads) {
    const comparison = found.get(letter);
    if (comparison === undefined) continue;
    const basis = basisOf(comparison);
    const known = bases.get(basis.sentence);
    bases.set(basis.sentence, { ...basis, letters: [...(known?.letters ?? []), letter] });
  }
  return [...bases.values()];
}

function basisOf({ measured, diff }: RunComparison): Omit<Basis, 'letters'> {
  const ways = new Set(diff.chosen?.metrics.flatMap(({ basis }) => basis ?? []));
  if (measured === true) {
    return {
      sentence: `Measured here, row by row: both models answered the same held-out rows. The interval is that of ${pairing.resamples.toLocaleString('en')} paired resamples with seed ${pairing.seed}: the defaults of pipelines, as records do not say those of their run.`,
    };
  }
  if (ways.has('same')) return { sentence: 'It is the same model on the same held-out rows.' };
  if (ways.has('paired')) {
    return {
      sentence:
        'From the record, row by row: this run measured the model of the baseline on its own held-out rows, as a candidate or for a gate.' +
        (ways.has('unpaired') ? ' Metrics that it did not compare so are from the two intervals alone.' : ''),
    };
  }
  if (measured === 'no-model')
    return { sentence: 'One of the two has no measured model, so that there is nothing to compare.' };
  return {
    sentence: `From the two intervals alone, as ${reasons[measured]}. Real differences can be taken for noise.`,
    remedy: remedies[measured],
  };
}

const reasons: Readonly<Record<Exclude<NotMeasured, 'no-model'>, string>> = {
  'other-rows': 'the held-out rows are others',
  'rows-unknown': 'nobody knows whether the held-out rows are the same',
  'no-answers': 'the site does not have what the models said of each row',
  'other-answers': 'what the site has of their answers does not give the metrics of the records',
  'other-question': 'the models answer other questions',
};

const remedies: Readonly<Record<Exclude<NotMeasured, 'no-model'>, string>> = {
  'other-rows':
    'Run both settings on the same data, or name the run in a gate (`baseline: merge-base`): then both models answer the rows of one run.',
  'rows-unknown': 'Run both again: new records say which rows were held out.',
  'no-answers':
    'Write `site: { predictions: true }` into trainyard.yaml and build the site where the store is at hand; or name the run in a gate (`baseline: merge-base`).',
  'other-answers': 'See which step of the run wrote them: only those of an evaluation count.',
  'other-question': 'Compare models of one target, with the same classes.',
};

/** `A, B and C` */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
