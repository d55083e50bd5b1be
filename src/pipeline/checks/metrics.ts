import type { MetricDefinition } from '../../evaluate/index.ts';
import { metricDefinition, metricDefinitions } from '../../evaluate/index.ts';
import type { FileFailure } from '../file-failures.ts';
import { mistake } from '../file-failures.ts';
import { shown } from '../shape-words.ts';
import type { Check, Checking, GateDraft, Placed, SliceDraft } from './checking.ts';
import { steps, unknownName } from './checking.ts';
import { evaluationOf } from './models.ts';
import { possibleValues } from './values.ts';

/** Metrics that do not exist or do not go together, and gates that say nothing or cannot be judged. */
export const checkMetrics: Check = (checking) => {
  const named = metricsNamed(checking);
  const gates = (checking.draft.model?.gates ?? []).flatMap((gate, i) =>
    gate === undefined ? [] : [[i, gate] as const],
  );
  return [
    ...named
      .filter(({ value }) => metricDefinition(value) === undefined)
      .map((one) => unknownMetric(checking, one)),
    ...mixedTasks(checking, named),
    ...gates.flatMap(([i, gate]) => checkGate(checking, gate, i)),
  ];
};

function metricsNamed(checking: Checking): readonly Placed<string>[] {
  const chosen = steps(checking).flatMap(([name, step]) =>
    step.uses === 'choose'
      ? possibleValues(checking, name, {
          value: step.with?.['metric'],
          path: ['steps', name, 'with', 'metric'],
        })
      : [],
  );
  const gated = (checking.draft.model?.gates ?? []).map((gate, i) => ({
    value: gate?.metric,
    path: ['model', 'gates', i, 'metric'],
  }));
  return [...chosen, ...gated].flatMap(({ value, path }) =>
    typeof value === 'string' ? [{ value, path }] : [],
  );
}

function unknownMetric({ places }: Checking, { value, path }: Placed<string>): FileFailure {
  const where = { place: places.place(path), none: '', plural: 'metrics' };
  return unknownName(
    'pipeline-metric-unknown',
    `there is no metric ${shown(value)}`,
    value,
    metricDefinitions.map(({ name }) => name),
    where,
  );
}

/** One model is of one task. */
function mixedTasks({ places }: Checking, named: readonly Placed<string>[]): readonly FileFailure[] {
  const known = named.flatMap((one) => {
    const metric = metricDefinition(one.value);
    return metric === undefined ? [] : [{ ...one, metric }];
  });
  const first = known[0];
  if (first === undefined) return [];
  return known
    .filter(({ metric }) => metric.task !== first.metric.task)
    .map(({ metric, path }) => {
      const line = places.place(first.path).line;
      const message = `${shown(metric.name)} measures ${metric.task}, and ${shown(first.value)} on line ${line} ${first.metric.task}`;
      return mistake('pipeline-metric-task', message, places.place(path), 'use metrics of one task');
    });
}

function checkGate(checking: Checking, gate: GateDraft, i: number): readonly FileFailure[] {
  const metric = gate.metric === undefined ? undefined : metricDefinition(gate.metric);
  return [
    ...silent(checking, gate, i),
    ...(metric === undefined ? [] : bounds(checking, gate, i, metric)),
    ...baseline(checking, gate, i),
    ...slice(checking, gate, i),
  ];
}

function silent({ places }: Checking, gate: GateDraft, i: number): readonly FileFailure[] {
  const path = ['model', 'gates', i];
  const { min, max } = gate;
  if (min !== undefined && max !== undefined && min > max) {
    const message = `nothing is at least ${min} and at most ${max}`;
    return [mistake('pipeline-gate-empty', message, places.place([...path, 'max']), 'exchange them')];
  }
  const limits = ['min', 'max', 'max-drop', 'max-gap', 'baseline'];
  if (gate.metric === undefined || limits.some((key) => Object.hasOwn(gate, key))) return [];
  const remedy = Object.hasOwn(gate, 'slice') ? 'add `max-gap`, `min` or `max`' : 'add `min` or `max`';
  return [mistake('pipeline-gate-empty', 'this gate asks for nothing', places.place(path), remedy)];
}

/** Limits that the metric always or never meets. */
function bounds(
  { places }: Checking,
  gate: GateDraft,
  i: number,
  metric: MetricDefinition,
): readonly FileFailure[] {
  const [least, most] = metric.range;
  const at = (key: string): FileFailure['place'] => places.place(['model', 'gates', i, key]);
  const range = `${shown(metric.name)} is ${least === null ? '' : `at least ${least}`}${least !== null && most !== null ? ' and ' : ''}${most === null ? '' : `at most ${most}`}`;
  const failures: FileFailure[] = [];
  for (const key of ['min', 'max'] as const) {
    const value = gate[key];
    if (value === undefined || ((least === null || value >= least) && (most === null || value <= most)))
      continue;
    const share = metric.unit === 'share' && value > 1 && value <= 100;
    failures.push(
      mistake(
        'pipeline-gate-range',
        `${shown(key)} is ${value}, and ${range}`,
        at(key),
        share ? `write ${value / 100}` : undefined,
      ),
    );
  }
  for (const key of ['max-drop', 'max-gap'] as const) {
    const value = gate[key];
    const widest = least === null || most === null ? Infinity : most - least;
    if (value === undefined || (value >= 0 && value <= widest)) continue;
    const message =
      value < 0 ? `${shown(key)} cannot be less than 0` : `${shown(key)} is ${value}, and ${range}`;
    failures.push(mistake('pipeline-gate-range', message, at(key)));
  }
  return failures;
}

function baseline({ places, stages }: Checking, gate: GateDraft, i: number): readonly FileFailure[] {
  if (stages === undefined || gate.baseline === undefined) return [];
  const known = ['merge-base', 'best', ...stages];
  if (known.includes(gate.baseline)) return [];
  const message = `there is no baseline ${shown(gate.baseline)}`;
  return [
    unknownName('pipeline-baseline-unknown', message, gate.baseline, known, {
      place: places.place(['model', 'gates', i, 'baseline']),
      none: '',
      plural: stages.length === 0 ? 'baselines (trainyard.yaml declares no stages)' : 'baselines',
    }),
  ];
}

function slice(checking: Checking, gate: GateDraft, i: number): readonly FileFailure[] {
  if (gate.slice === undefined) return [];
  const evaluation = evaluationOf(checking);
  if (evaluation === undefined) return [];
  const [name, step] = evaluation;
  const slices = step.with?.['slices'];
  if (step.with === undefined || (slices === undefined && Object.hasOwn(step.with, 'slices'))) return [];
  const columns = ((slices ?? []) as readonly (SliceDraft | undefined)[]).flatMap((one) =>
    typeof one === 'string' ? one : (one?.column ?? []),
  );
  if (columns.includes(gate.slice)) return [];
  const message = `${shown(name)} makes no slices of ${shown(gate.slice)}`;
  return [
    unknownName('pipeline-slice-unknown', message, gate.slice, columns, {
      place: checking.places.place(['model', 'gates', i, 'slice']),
      none: `add ${shown(gate.slice)} to its \`slices\``,
      plural: 'slices',
    }),
  ];
}
