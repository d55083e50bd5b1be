import type { RunRecord } from '@format';
import { mainMetricOf, metricDefinition, metricDefinitions } from '@format';

/** Metrics that any model of the run has: the main one first, those of gates, then in the order of their definitions. */
export function metricsOf(run: RunRecord): readonly string[] {
  const known = new Set(run.models.flatMap(({ evaluation }) => Object.keys(evaluation?.metrics ?? {})));
  const wanted = [
    mainMetricOf(run),
    // Records are not trusted to have what their type says: a gate that is none breaks its own part of the page alone.
    ...(run.gates?.results ?? []).map((result) => result?.gate?.metric),
    ...metricDefinitions.map(({ name }) => name),
    ...known,
  ];
  return [...new Set(wanted)].filter((metric): metric is string => metric !== undefined && known.has(metric));
}

/** The best model by a metric first; those without it last. */
export function rankedModels(run: RunRecord, metric: string | undefined): RunRecord['models'] {
  const sign = metric !== undefined && metricDefinition(metric)?.better === 'lower' ? 1 : -1;
  const value = (model: RunRecord['models'][number]): number | undefined =>
    metric === undefined ? undefined : model.evaluation?.metrics[metric]?.value;
  return run.models.toSorted((a, b) => {
    const [x, y] = [value(a), value(b)];
    return x === undefined || y === undefined
      ? Number(x === undefined) - Number(y === undefined)
      : sign * (x - y);
  });
}
