import type { RunComparison } from '@format';
import { counted, shownDifference, shownEstimate } from '@format';
import type { Compared } from './compared.ts';
import { differingParams } from './compared.ts';
import { sameData } from './data-sameness.ts';
import { differingEstimators } from './estimators.ts';
import type { MetricDiff } from './metrics.ts';
import { listed, metricNames, wordOf } from './metrics.ts';

/** A sentence of the summary, and whether it is news that a reader must not miss. */
export interface GlanceSentence {
  readonly text: string;
  readonly tone?: 'better' | 'worse';
}

export interface Glance {
  readonly runs: readonly Compared[];
  readonly base: Compared;
  /** By letter; empty while differences are measured. */
  readonly found: ReadonlyMap<string, RunComparison>;
}

/**
 * What differs, in a few sentences, before anybody reads a table. Every metric whose difference has a 95 % interval without
 * 0 is named: that the main one's has 0 in it says nothing of the others. Of many that were judged, the reader is told how
 * many chance alone would name.
 */
export function glanceSentences(glance: Glance): readonly GlanceSentence[] {
  const heads = glance.runs.filter((run) => run !== glance.base);
  return [
    ...mainSentences(heads, glance),
    ...estimatorSentences(glance),
    ...heads.flatMap((run) => newsSentences(run, glance)),
    ...noiseSentences(heads, glance),
    ...chanceSentences(judgedCount(heads, glance.found)).map((text) => ({ text })),
    verdictSentence(glance),
    paramsSentence(glance),
    ...dataSentences(heads, glance),
  ];
}

/** Of more runs than these, what each differs by stands in the table; here only what is no noise. */
const fewHeads = 3;

function mainSentences(heads: readonly Compared[], { runs, base, found }: Glance): readonly GlanceSentence[] {
  const metric = metricNames(runs)[0];
  if (metric === undefined) return [];
  const ofBase = base.model?.evaluation?.metrics[metric];
  const said: GlanceSentence[] =
    ofBase === undefined
      ? []
      : [{ text: `The baseline ${base.letter} has ${metric} ${shownEstimate(ofBase)}.` }];
  if (heads.length > fewHeads) return said;
  for (const run of heads) {
    const diff = found.get(run.letter)?.diff.chosen?.metrics.find((each) => each.metric === metric);
    if (diff?.difference === undefined) continue;
    said.push({
      text:
        diff.basis === 'same'
          ? `${run.letter} has the same model on the same rows.`
          : `${run.letter} differs from it by ${shownDifference(diff.difference)}: ${wordOf(diff)}.`,
    });
  }
  return said;
}

function estimatorSentences({ runs }: Glance): readonly GlanceSentence[] {
  const names = differingEstimators(runs);
  if (names.size === 0) return [];
  const said = [...names].map(([{ letter }, name]) => `${letter} ${name}`);
  return [{ text: `Their models are of different estimators: ${listed(said)}.` }];
}

/** Differences of metrics that are told from noise, or could be; none of a model with itself. */
function judgedDiffs({ letter }: Compared, { found }: Pick<Glance, 'found'>): readonly MetricDiff[] {
  return (found.get(letter)?.diff.chosen?.metrics ?? []).filter(
    ({ reading, basis }) => reading !== undefined && basis !== 'same',
  );
}

/** Of how many differences it is said whether they are noise. */
export function judgedCount(heads: readonly Compared[], found: Glance['found']): number {
  return heads.flatMap((run) => judgedDiffs(run, { found })).length;
}

/** From so many on, one that chance alone made is likely among those that are called better or worse. */
const manyJudged = 10;

/** How many of so many differences chance alone would call better or worse; nothing of few. */
export function chanceSentences(judged: number): readonly string[] {
  if (judged < manyJudged) return [];
  const up = Math.ceil(judged / 20);
  return [
    `${judged} differences are judged here, each at 95 %: if no two models differed, chance alone would call up to about ${up} of them better or worse.`,
  ];
}

function isNews({ reading }: MetricDiff): boolean {
  return reading === 'worse' || reading === 'better';
}

/** What is no noise, metric by metric: that which got worse before that which got better. */
function newsSentences(run: Compared, glance: Glance): readonly GlanceSentence[] {
  return (['worse', 'better'] as const).flatMap((tone) => {
    const diffs = judgedDiffs(run, glance).filter(({ reading }) => reading === tone);
    if (diffs.length === 0) return [];
    const where = listed(diffs.map(metricWords));
    const why = `the 95 % interval of ${diffs.length === 1 ? 'this' : 'each'} difference excludes 0`;
    return [{ tone, text: `${run.letter} is ${tone} than ${glance.base.letter} in ${where}: ${why}.` }];
  });
}

function noiseSentences(heads: readonly Compared[], glance: Glance): readonly GlanceSentence[] {
  const quiet = heads.filter((run) => {
    const diffs = judgedDiffs(run, glance);
    return diffs.length > 0 && !diffs.some(isNews);
  });
  if (quiet.length === 0) return [];
  const counts = quiet.map((run) => judgedDiffs(run, glance).length);
  const most = counted(Math.max(...counts), 'metric');
  const where = new Set(counts).size === 1 ? `in ${most}` : `in up to ${most}`;
  const letters = listed(quiet.map(({ letter }) => letter));
  return [
    {
      text: `No difference of ${letters} from ${glance.base.letter} ${where} has a 95 % interval that excludes 0.`,
    },
  ];
}

function metricWords({ metric, difference }: MetricDiff): string {
  return difference === undefined ? metric : `${metric} (${shownDifference(difference)})`;
}

function verdictSentence({ runs }: Glance): GlanceSentence {
  const verdicts = new Set(runs.map(({ record }) => record.verdict));
  return {
    text:
      verdicts.size === 1
        ? `All have the verdict ${runs[0]!.record.verdict}.`
        : `Verdicts: ${listed(runs.map(({ letter, record }) => `${letter} ${record.verdict}`))}.`,
  };
}

function paramsSentence({ runs }: Glance): GlanceSentence {
  const params = differingParams(runs);
  return {
    text:
      params.length === 0
        ? 'Their parameters are the same.'
        : `They differ in the ${params.length === 1 ? 'parameter' : 'parameters'} ${listed(params)}.`,
  };
}

function dataSentences(heads: readonly Compared[], { base, found }: Glance): readonly GlanceSentence[] {
  const lettersOf = (sameness: string): string =>
    listed(heads.filter((run) => sameData(run, base) === sameness).map(({ letter }) => letter));
  const [others, unknown] = [lettersOf('other'), lettersOf('unknown')];
  const said: string[] = [];
  if (others !== '') said.push(`${others} read other data than ${base.letter}.`);
  if (unknown !== '') said.push(`Whether ${unknown} read the same data as ${base.letter} is not known.`);
  if (others === '' && unknown === '') said.push('The data are the same.');
  const treated = heads.filter(
    (run) => sameData(run, base) === 'same' && (found.get(run.letter)?.diff.data.length ?? 0) > 0,
  );
  if (treated.length > 0) {
    const letters = listed(treated.map(({ letter }) => letter));
    said.push(
      `The contract, the checks or the split of the data of ${letters} are others than those of ${base.letter}.`,
    );
  }
  return said.map((text) => ({ text }));
}
