import type { Metric } from 'prom-client';
import type { Fleet } from '../fleet.ts';
import type { Route } from '../http/message.ts';
import type { Observer } from '../observer.ts';
import type { MetricDescription, MetricName } from './catalogue.ts';
import { catalogue } from './catalogue.ts';
import type { Sample } from './collect.ts';
import { collectors } from './collect.ts';
import { Counters } from './counters.ts';
import { gatherMetrics } from './gather.ts';
import type { MetricValues, ProcessMetrics } from './process-metrics.ts';

export interface MetricsOptions {
  readonly fleet: Fleet;
  /** Asked at each scrape what they kept. */
  readonly observers: readonly Observer[];
  /** When several processes answer: all of their metrics together, instead of those of this one. */
  readonly gather?: (own: () => Promise<ProcessMetrics>) => Promise<string>;
}

export interface ServerMetrics {
  /** To be told of every answer. */
  readonly observer: Observer;
  /** `GET /metrics`, in the text format of Prometheus. */
  readonly route: Route;
  /** The values of this process. */
  own(): Promise<ProcessMetrics>;
}

export const exposition = 'text/plain; version=0.0.4; charset=utf-8';

/** Metrics of a server: our own counters, and those of the process by prom-client. */
export async function openMetrics(options: MetricsOptions): Promise<ServerMetrics> {
  const { fleet, observers, gather } = options;
  const { Registry, collectDefaultMetrics } = await import('prom-client');
  const registry = new Registry();
  const counters = new Counters();
  const collect = collectors({
    counters,
    fleet,
    kept: () => observers.flatMap((observer) => observer.kept?.() ?? []),
  });
  for (const name of Object.keys(catalogue) as MetricName[]) {
    registry.registerMetric(collected(name, catalogue[name], collect[name]));
  }
  collectDefaultMetrics({ register: registry });
  const own = async (): Promise<ProcessMetrics> => {
    const values = (await registry.getMetricsAsJSON()) as unknown as ProcessMetrics;
    counters.forget((model, { name }) => fleet.model(model)?.versions.has(name) === true);
    return values.map((metric) => ({
      ...metric,
      aggregator: aggregatorOf(metric),
      // A mean of nothing, which prom-client writes in a way that the format does not have.
      values: metric.values.filter(({ value }) => !Number.isNaN(value)),
    }));
  };
  return {
    observer: counters,
    own,
    route: {
      method: 'GET',
      path: '/metrics',
      handle: async () => ({
        status: 200,
        type: exposition,
        body: await (gather ?? alone)(own),
      }),
    },
  };
}

/** What prom-client would leave out of the metrics of several processes, or hide behind an average. */
function aggregatorOf({ name, aggregator }: MetricValues): string {
  if (name === 'process_start_time_seconds') return 'min';
  return name.startsWith('nodejs_eventloop_lag') && aggregator === 'average' ? 'max' : aggregator;
}

async function alone(own: () => Promise<ProcessMetrics>): Promise<string> {
  return await gatherMetrics([await own()]);
}

/** A metric whose values are counted elsewhere and read when the registry asks: prom-client's own cost microseconds. */
function collected(name: string, description: MetricDescription, values: () => readonly Sample[]): Metric {
  const { type, help, aggregator = 'sum' } = description;
  const metric = {
    name,
    help,
    type,
    aggregator,
    get: async () => ({ name, help, type, aggregator, values: values() }),
  };
  return metric as unknown as Metric;
}
