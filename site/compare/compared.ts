import type {
  AnswersFile,
  CompareFile,
  Curves,
  CurvesFile,
  LearningFile,
  ModelRecord,
  RunRecord,
} from '@format';
import { artifactFile, compareFile, recordFile, shortName } from '@format';
import type { RunName } from '@site/lib/addresses.ts';
import { DataProblem, readData } from '@site/lib/data.ts';
import { checkRecord } from '@site/run/check-record.ts';
import { differingEstimators } from './estimators.ts';

/** A run of the comparison with what the site has of it. */
export interface Compared {
  readonly name: RunName;
  /** `A`, `B`, ...: what the run is called on this page; in the order of the address. */
  readonly letter: string;
  /** In the palette of charts. */
  readonly place: number;
  readonly record: RunRecord;
  /** The model that is compared: the chosen one, or that of the step that was asked for. */
  readonly model: ModelRecord | undefined;
  readonly curves: Curves | undefined;
  readonly answers: AnswersFile | undefined;
  readonly learning: LearningFile | undefined;
}

/** A run that the site has no record of. */
export interface Gone {
  readonly name: RunName;
  readonly letter: string;
  readonly because: string;
}

export function letterOf(place: number): string {
  return String.fromCharCode(65 + place);
}

/** Reads a run and the files of the model that is compared; files that the site does not have are left out. */
export async function readCompared(
  name: RunName,
  place: number,
  step: string | undefined,
): Promise<Compared | Gone> {
  const letter = letterOf(place);
  let record: RunRecord;
  try {
    const checked = checkRecord(await readData(recordFile(name.pipeline, name.id)), name);
    if (checked.kind === 'other-version')
      throw new DataProblem(`its record has the version ${checked.version}`);
    if (checked.kind === 'damaged') throw new DataProblem('what stands there is no record of this run');
    record = checked.run;
  } catch (error) {
    const isGone = error instanceof DataProblem && error.status === 404;
    const because = isGone
      ? 'it is not on this site'
      : error instanceof Error
        ? error.message
        : String(error);
    return { name, letter, because };
  }
  const model =
    step === undefined
      ? record.models.find(({ digest }) => digest === record.model?.digest)
      : record.models.find((each) => each.step === step);
  // A step that is none leaves the run without curves, and the others as they are.
  const nothing = { curves: undefined, answers: undefined, learning: undefined };
  const files = await filesOf(record, model).catch(() => nothing);
  return { name, letter, place, record, model, ...files };
}

async function filesOf(
  record: RunRecord,
  model: ModelRecord | undefined,
): Promise<Pick<Compared, 'curves' | 'answers' | 'learning'>> {
  const there = await readData<CompareFile>(compareFile).catch(() => undefined);
  const file = async <T>(kind: 'curves' | 'answers' | 'learning', digest: string | undefined) =>
    digest !== undefined && there?.[kind].includes(shortName(digest)) === true
      ? await readData<T>(artifactFile(kind, digest)).catch(() => undefined)
      : undefined;
  const artifact = (step: string | undefined, name: string): string | undefined =>
    record.steps.find(({ id }) => id === step)?.artifacts.find((each) => each.name === name)?.digest;
  const learning = file<LearningFile>('learning', artifact(model?.step, 'learning'));
  for (const { id } of record.steps) {
    const curves = await file<CurvesFile>('curves', artifact(id, 'evaluation'));
    const n = curves?.candidates.findIndex((each) => isCurveOf(each, model)) ?? -1;
    if (n < 0) continue;
    const answers = await file<AnswersFile>('answers', artifact(id, `predictions/${n}`));
    return { curves: curves!.candidates[n]!.curves, answers, learning: await learning };
  }
  return { curves: undefined, answers: undefined, learning: await learning };
}

/**
 * Whether curves are those that the evaluation wrote of the model: any command can have an output `evaluation`. The area
 * below a ROC curve is the metric of the record, but for what leaving out points of a long one changes.
 */
function isCurveOf(
  { step, digest, curves }: CurvesFile['candidates'][number],
  model: ModelRecord | undefined,
): boolean {
  if (model === undefined || step !== model.step || digest !== model.digest) return false;
  const recorded = model.evaluation?.metrics['roc_auc']?.value;
  if (curves.roc === undefined || recorded === undefined) return true;
  const area = curves.roc.reduce((sum, point, i, all) => {
    const before = all[i - 1] ?? point;
    const height = (point.truePositiveRate + before.truePositiveRate) / 2;
    return sum + (point.falsePositiveRate - before.falsePositiveRate) * height;
  }, 0);
  return Math.abs(area - recorded) < 0.02;
}

/** Parameters that not all runs have the same value of; a run without one differs. */
export function differingParams(runs: readonly Compared[]): readonly string[] {
  const names = [...new Set(runs.flatMap(({ record }) => Object.keys(record.params)))];
  return names.filter(
    (name) => new Set(runs.map(({ record }) => JSON.stringify(record.params[name]))).size > 1,
  );
}

/** `A: random-forest, trees 20, seed 7`, by what the runs differ in; with its id where that is nothing. */
export function labelOf(run: Compared, runs: readonly Compared[]): string {
  const params = differingParams(runs).slice(0, 3);
  const estimator = differingEstimators(runs).get(run);
  const parts = [
    ...(runs.some(({ name }) => name.pipeline !== run.name.pipeline) ? [run.name.pipeline] : []),
    ...(estimator === undefined ? [] : [estimator]),
    ...params.map((name) => `${name} ${String(run.record.params[name] ?? '–')}`),
  ];
  return `${run.letter}: ${parts.length === 0 ? run.name.id : parts.join(', ')}`;
}
