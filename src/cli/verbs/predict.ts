import type { BatchPlan, BatchProgress, BatchReport } from '../../batch/index.ts';
import type { PredictOptions } from '../../commands/index.ts';
import { planPrediction, predict } from '../../commands/index.ts';
import { visible } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export interface PredictVerbOptions extends PredictOptions, CommonOptions {
  readonly dryRun?: boolean;
}

export async function predictVerb(console: Console, options: PredictVerbOptions): Promise<void> {
  const effects = effectsOf(console, options);
  if (options.dryRun === true) {
    const plan = await planPrediction(options, effects);
    if (!plan.ok) return fail(console, options, plan.failure);
    if (options.json === true) printJson(console, plan.value);
    else console.out(planText(plan.value));
    return;
  }
  const started = effects.monotonic();
  const onProgress = progressLine(console, effects.monotonic);
  const done = await predict(options, { ...effects, onProgress });
  if (!done.ok) {
    fail(console, options, done.failure);
    if (effects.signal.aborted) console.exit(130);
    return;
  }
  const report = done.value;
  const seconds = (effects.monotonic() - started) / 1000;
  if (options.json === true) printJson(console, { ...report, seconds: Number(seconds.toFixed(3)) });
  else console.out(reportText(report, seconds));
  console.exit(report.verdict === 'fail' ? 1 : 0);
}

const everyMilliseconds = 2000;

/** One plain line every two seconds: a log of CI scrolls, and a terminal has room for them. */
function progressLine(console: Console, now: () => number): (progress: BatchProgress) => void {
  const started = now();
  let last = started;
  return ({ rows, total, resumed }) => {
    const time = now();
    if (time - last < everyMilliseconds) return;
    last = time;
    const speed = (1000 * (rows - resumed)) / (time - started);
    const left = (total - rows) / Math.max(speed, 1);
    console.err(
      `${rows.toLocaleString('en')} of ${total.toLocaleString('en')} rows, ${Math.round(speed).toLocaleString('en')} a second, ${duration(left)} left\n`,
    );
  };
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function planText({ model, modelVersion, digest, rows, files, columns, unchecked }: BatchPlan): string {
  const lines = [
    `${model} ${modelVersion}, ${digest}`,
    `${rows.toLocaleString('en')} rows of ${files.length === 1 ? files[0]!.file : `${files.length} files`}`,
    `columns of the output: ${columns.join(', ')}`,
    ...(unchecked.length === 0 ? [] : [`not in the contract of the model: ${unchecked.join(', ')}`]),
  ];
  return `${lines.map(visible).join('\n')}\n`;
}

function reportText(report: BatchReport, seconds: number): string {
  const { verdict, because, scored, resumed, broken, output, rejects, startedAnew } = report;
  const speed = Math.round((report.rows - resumed) / Math.max(seconds, 0.001)).toLocaleString('en');
  const lines = [
    ...(startedAnew === undefined ? [] : [`Started anew: ${startedAnew}.`]),
    ...(resumed === 0 ? [] : [`${resumed.toLocaleString('en')} rows were scored before the interruption.`]),
    `${scored.toLocaleString('en')} rows scored by ${report.model} ${report.modelVersion} in ${seconds.toFixed(1)} s, ${speed} a second: ${output}`,
    ...(rejects === undefined ? [] : [`${because}: ${rejects}`]),
    ...broken
      .slice(0, 10)
      .map(({ rule, column, expected, rows }) => `  ${rows}  ${column ?? ''} ${rule}: expected ${expected}`),
    ...(verdict === 'fail' ? ['✗ fail'] : []),
  ];
  return `${lines.map(visible).join('\n')}\n`;
}
