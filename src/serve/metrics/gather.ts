import { catalogue } from './catalogue.ts';
import type { ProcessMetrics } from './process-metrics.ts';

/** The metrics of several processes as one text. Needs prom-client, as each of them does. */
export async function gatherMetrics(processes: readonly ProcessMetrics[]): Promise<string> {
  const { AggregatorRegistry } = await import('prom-client');
  return await AggregatorRegistry.aggregate(processes as unknown as object[]).metrics();
}

/** What remains of a process that died: what was counted, so that no counter goes back. */
export function remains(metrics: ProcessMetrics): ProcessMetrics {
  return metrics.filter(({ type }) => type === 'counter' || type === 'histogram');
}

/** The remains of several processes as those of one. */
export function addRemains(one: ProcessMetrics, other: ProcessMetrics): ProcessMetrics {
  const byName = new Map(one.map((metric) => [metric.name, metric]));
  for (const metric of other) {
    const before = byName.get(metric.name);
    if (before === undefined) byName.set(metric.name, metric);
    else {
      const sums = new Map(before.values.map((sample) => [keyOf(sample), sample]));
      for (const sample of metric.values) {
        const value = (sums.get(keyOf(sample))?.value ?? 0) + sample.value;
        sums.set(keyOf(sample), { ...sample, value });
      }
      byName.set(metric.name, { ...before, values: [...sums.values()] });
    }
  }
  return [...byName.values()];
}

function keyOf({ metricName = '', labels }: ProcessMetrics[number]['values'][number]): string {
  return metricName + JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How often a process was started again, which none of them knows. */
export function restartsMetric(restarts: number): ProcessMetrics {
  const name = 'trainyard_worker_restarts_total';
  const { type, help } = catalogue[name];
  return [{ name, type, help, aggregator: 'sum', values: [{ value: restarts, labels: {} }] }];
}
