export type { Buckets } from './buckets.ts';
export { addRemains, gatherMetrics, remains, restartsMetric } from './gather.ts';
export type { MetricsOptions, ServerMetrics } from './open-metrics.ts';
export { openMetrics } from './open-metrics.ts';
export type { ProcessMetrics } from './process-metrics.ts';
