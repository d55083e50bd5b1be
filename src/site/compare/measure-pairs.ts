import type { PairedDifference, Sample } from '../../evaluate/index.ts';
import { measure, measureOnce, metricsOf, pairedDifference, sampleMismatch } from '../../evaluate/index.ts';
import type { ModelRecord, ProfileDrift, RunRecord } from '../../runs/index.ts';
import { diffRuns, heldOutSameness, modelOf, profileDrift } from '../../runs/index.ts';
import type {
  AnswersFile,
  ComparedRun,
  NotMeasured,
  PairedAnswer,
  PairedQuestion,
  RunComparison,
} from '../format/index.ts';
import { pairing } from '../format/index.ts';

/**
 * Compares runs with one of them: as `trainyard runs diff` does, with differences of metrics measured by the code of the
 * `evaluate` step where both models answered the same held-out rows. Needs nothing of Node: a page does it in a worker.
 */
export function measurePairs({ number, base, heads }: PairedQuestion): PairedAnswer {
  const before = choosing(base);
  const first = sampleOf(base, before);
  const sides = heads.map((head) => {
    const after = choosing(head);
    const sample = sampleOf(head, after);
    return { after, sample, problem: whyNot({ before, after, first, sample }) };
  });
  const good = sides.flatMap(({ sample, problem }) => (problem === undefined ? [sample!] : []));
  // All at once: every model gets the same resamples, which are drawn once.
  const [ofBase, ...ofHeads] = good.length === 0 ? [] : measure([first!, ...good], pairing);
  let at = 0;
  const compared = sides.map(({ after, problem }): RunComparison => {
    const ofHead = problem === undefined ? ofHeads[at++]! : undefined;
    const paired: PairedDifference[] =
      ofHead === undefined
        ? []
        : metricsOf(first!.task).flatMap(
            ({ name }) => pairedDifference({ metric: name, baseline: ofBase!, candidate: ofHead }) ?? [],
          );
    return {
      diff: diffRuns(before, after, paired),
      drift: driftsOf(before, after),
      measured: problem ?? true,
    };
  });
  return { number, compared };
}

/** The record of a run that chose the model of a given step. */
function choosing({ record, step }: ComparedRun): RunRecord {
  if (step === undefined) return record;
  const { model: _, ...rest } = record;
  const model = record.models.find((each) => each.step === step);
  return model === undefined
    ? { ...rest, models: [] }
    : { ...rest, model: { step, digest: model.digest, from: step } };
}

function whyNot({
  before,
  after,
  first,
  sample,
}: {
  readonly before: RunRecord;
  readonly after: RunRecord;
  readonly first: Sample | undefined;
  readonly sample: Sample | undefined;
}): NotMeasured | undefined {
  if (modelOf(before)?.evaluation === undefined || modelOf(after)?.evaluation === undefined)
    return 'no-model';
  const rows = heldOutSameness(before, after);
  if (rows !== 'same') return rows === 'different' ? 'other-rows' : 'rows-unknown';
  if (first === undefined || sample === undefined) return 'no-answers';
  if (sampleMismatch(first, sample) !== undefined) return 'other-question';
  if (!isOf(first, before) || !isOf(sample, after)) return 'other-answers';
  const isSame = first.rows === sample.rows && first.truth.every((truth, i) => truth === sample.truth[i]);
  return isSame ? undefined : 'other-question';
}

/**
 * Whether answers give the metrics that the record has of the model. Any command can have outputs named like those of an
 * evaluation; what it wrote is not taken for a measurement.
 */
function isOf(sample: Sample, record: RunRecord): boolean {
  const recorded = modelOf(record)?.evaluation?.metrics ?? {};
  const values = measureOnce(sample);
  return Object.entries(recorded).every(
    ([name, { value }]) =>
      Math.abs((values.get(name) ?? Number.NaN) - value) <= 1e-9 * Math.max(1, Math.abs(value)),
  );
}

/** What a model said, as the `evaluate` step saw it. */
function sampleOf({ answers }: ComparedRun, record: RunRecord): Sample | undefined {
  return answers === undefined ? undefined : answeredSample(answers, modelOf(record));
}

/** @param model whose evaluation says which class is the positive one */
export function answeredSample(answers: AnswersFile, model: ModelRecord | undefined): Sample {
  const rows = answers.truth.length;
  if (answers.task === 'regression') {
    return {
      task: 'regression',
      rows,
      truth: Float64Array.from(answers.truth),
      predicted: Float64Array.from(answers.predicted),
    };
  }
  const { classes } = answers;
  const width = classes.length;
  const probabilities = new Float64Array(rows * width);
  answers.probabilities.forEach((column, j) => {
    for (let i = 0; i < rows; i++) probabilities[i * width + j] = column[i]!;
  });
  const positive = classes.indexOf(model?.evaluation?.positive ?? '');
  return {
    task: 'classification',
    rows,
    classes,
    ...(positive < 0 ? {} : { positive }),
    truth: Int32Array.from(answers.truth),
    labels: Int32Array.from(answers.labels),
    probabilities,
  };
}

function driftsOf(before: RunRecord, after: RunRecord): Readonly<Record<string, ProfileDrift>> {
  return Object.fromEntries(
    Object.entries(after.data).flatMap(([name, { profile }]) => {
      const old = Object.hasOwn(before.data, name) ? before.data[name]?.profile : undefined;
      return profile === undefined || old === undefined ? [] : [[name, profileDrift(old, profile)]];
    }),
  );
}
