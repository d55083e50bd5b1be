import type { RunName } from '@site/lib/addresses.ts';
import { addressOf, readRunNames, writeRunNames } from '@site/lib/addresses.ts';

/** More lines than this nobody tells apart. */
export const mostRuns = 10;

/** What the page compares, as its address says it. */
export interface ComparisonView {
  /** At most ten. */
  readonly runs: readonly RunName[];
  /** Place in `runs` of the one that the others are compared with. */
  readonly base: number;
  /** Id of the step whose model is compared in every run; the chosen model of each when it is absent. */
  readonly step?: string;
}

export interface ReadView {
  readonly view: ComparisonView;
  /** Sentences on what the address says and the page does not do. */
  readonly notes: readonly string[];
}

export function readComparison(query: URLSearchParams): ReadView {
  const { runs, strange } = readRunNames(query.get('runs') ?? '');
  const base = Number(query.get('base') ?? 0);
  const kept = runs.slice(0, mostRuns);
  const step = query.get('step');
  return {
    view: {
      runs: kept,
      base: Number.isSafeInteger(base) && base >= 0 && base < kept.length ? base : 0,
      ...(step === null || step === '' ? {} : { step }),
    },
    notes: [
      ...(strange.length === 0
        ? []
        : [`${strange.map((part) => `“${part.slice(0, 80)}”`).join(', ')}: no run can have this name.`]),
      ...(runs.length > mostRuns
        ? [`The first ${mostRuns} of ${runs.length} runs: more cannot be told apart in one picture.`]
        : []),
    ],
  };
}

/** Relative to the site's base. */
export function comparisonAddress({ runs, base, step }: ComparisonView): string {
  return addressOf('compare', {
    ...(runs.length === 0 ? {} : { runs: writeRunNames(runs) }),
    ...(base === 0 ? {} : { base: String(base) }),
    ...(step === undefined ? {} : { step }),
  });
}

export function withRun(view: ComparisonView, run: RunName): ComparisonView {
  return { ...view, runs: [...view.runs, run].slice(0, mostRuns) };
}

/** The base stays the same run; without it, the first one is. */
export function withoutRun(view: ComparisonView, at: number): ComparisonView {
  const base = at < view.base ? view.base - 1 : at === view.base ? 0 : view.base;
  return { ...view, runs: view.runs.filter((_, i) => i !== at), base };
}
