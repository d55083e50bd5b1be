export type { Buckets } from './buckets.ts';
export { catalogue } from './catalogue.ts';
export { addRemains, gatherMetrics, remains, restartsMetric } from './gather.ts';
export type { MetricsOptions, ProcessMetrics, ServerMetrics } from './open-metrics.ts';
export { openMetrics } from './open-metrics.ts';
