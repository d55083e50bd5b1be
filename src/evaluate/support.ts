import type { MetricDefinition } from './metric-definitions.ts';
import type { Sample } from './sample.ts';
import { classCounts } from './sample.ts';

/** How many rows a metric stands on: see `MetricDefinition.supportedBy`. */
export function supportOf(sample: Sample, metric: MetricDefinition): number {
  if (sample.task === 'regression' || metric.supportedBy === 'rows') return sample.rows;
  const { positive } = sample;
  const counts = classCounts(sample.truth, sample.classes.length);
  if (positive === undefined || metric.supportedBy === 'smallest-class') {
    return counts.reduce((least, rows) => Math.min(least, rows), sample.rows);
  }
  return metric.supportedBy === 'positives'
    ? counts[positive]!
    : classCounts(sample.labels, sample.classes.length)[positive]!;
}
