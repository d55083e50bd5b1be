/** How numbers are shown, and what metrics are: modules of other rooms that import nothing of Node. */
export type { MetricDefinition } from '../../evaluate/metric-definitions.ts';
export {
  improvement,
  metricDefinition,
  metricDefinitions,
  residualShares,
} from '../../evaluate/metric-definitions.ts';
export {
  bytes,
  count,
  counted,
  decimalsOf,
  fixed,
  percent,
  seconds,
  shortDigest,
  shownDifference,
  shownEstimate,
  shownScalar,
  shownValue,
} from '../../report/numbers.ts';
