import type { Sample } from './sample.ts';
import { classCounts } from './sample.ts';

/**
 * The metric of permutation importance, and the first one to look at:
 * - two classes: `roc_auc`, which needs no threshold and does not depend on the share of the classes;
 * - more classes, or one class missing among the rows: `log_loss`, which counts every class and is always defined;
 * - numbers: `rmse`.
 */
export function mainMetric(sample: Sample): string {
  if (sample.task === 'regression') return 'rmse';
  const counts = classCounts(sample.truth, sample.classes.length);
  return sample.positive !== undefined && counts.every((rows) => rows > 0) ? 'roc_auc' : 'log_loss';
}
