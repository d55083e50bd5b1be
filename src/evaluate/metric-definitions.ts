import type { Task } from '../onnx/index.ts';

/** What a metric is: the one place that the reference page, the gates, the `choose` step and the schema read. */
export interface MetricDefinition {
  /** As scikit-learn's scorers spell it, without their `neg_`. */
  readonly name: string;
  readonly task: Task;
  readonly better: 'higher' | 'lower';
  /** Least and largest possible value; `null` where there is no bound. */
  readonly range: readonly [number | null, number | null];
  /** `share` is of rows or of probability, 0 to 1; `target` is the unit of the target. */
  readonly unit: 'share' | 'nats' | 'target' | 'none';
  readonly description: string;
  /** Where the definition comes from. */
  readonly source: string;
  /**
   * What the number stands on: a slice with few of these rows says little, however many rows it has.
   * `smallest-class`: the rows of the rarest true class; `positives`: of the positive class (for more than two
   * classes the rarest); `predicted-positives`: rows with the positive label.
   */
  readonly supportedBy: 'rows' | 'smallest-class' | 'positives' | 'predicted-positives';
}

const share = { range: [0, 1], unit: 'share' } as const;
const classification = { task: 'classification' } as const;
const regression = { task: 'regression' } as const;

/** Every metric, in the order in which they are written and shown. */
export const metricDefinitions: readonly MetricDefinition[] = [
  {
    name: 'roc_auc',
    ...classification,
    ...share,
    better: 'higher',
    description:
      'The chance that a row of the positive class gets a higher probability than one of the other class; ties count half. For more than two classes the mean over the classes, each against the rest.',
    source: 'Hanley and McNeil 1982; sklearn.metrics.roc_auc_score(multi_class="ovr", average="macro")',
    supportedBy: 'smallest-class',
  },
  {
    name: 'average_precision',
    ...classification,
    ...share,
    better: 'higher',
    description:
      'The area under the precision-recall curve, as the sum of precision times the step in recall (no interpolation). For more than two classes the mean over the classes, each against the rest.',
    source: 'Zhu 2004; sklearn.metrics.average_precision_score(average="macro")',
    supportedBy: 'positives',
  },
  {
    name: 'log_loss',
    ...classification,
    range: [0, null],
    unit: 'nats',
    better: 'lower',
    description:
      'The mean of minus the natural logarithm of the probability that the model gave to the true class; probabilities are kept 2^-52 away from 0 and 1.',
    source: 'Good 1952; sklearn.metrics.log_loss',
    supportedBy: 'rows',
  },
  {
    name: 'brier',
    ...classification,
    range: [0, 2],
    unit: 'none',
    better: 'lower',
    description:
      'The mean squared distance between probability and outcome: of the positive class for two classes (0 to 1), summed over the classes for more (0 to 2).',
    source: 'Brier 1950; sklearn.metrics.brier_score_loss(scale_by_half="auto")',
    supportedBy: 'rows',
  },
  {
    name: 'ece',
    ...classification,
    ...share,
    better: 'lower',
    description:
      "Expected calibration error: rows are put into 10 bins of equal width (each open below and closed above, the first one closed), and the distance between mean probability and observed share is averaged with the bins' rows as weights. Of the positive class for two classes; of the most probable class, against its being right, for more. On few rows chance alone keeps it above 0, even for a model that is calibrated, and its interval does not take that away.",
    source:
      'Naeini, Cooper and Hauskrecht 2015 (two classes); Guo et al. 2017, equation 3 (more); bins as sklearn.calibration.calibration_curve(n_bins=10)',
    supportedBy: 'rows',
  },
  {
    name: 'accuracy',
    ...classification,
    ...share,
    better: 'higher',
    description: 'The share of rows whose label is the true class.',
    source: 'sklearn.metrics.accuracy_score',
    supportedBy: 'rows',
  },
  {
    name: 'balanced_accuracy',
    ...classification,
    ...share,
    better: 'higher',
    description: 'The mean over the classes of the share of their rows that are found.',
    source: 'Brodersen et al. 2010; sklearn.metrics.balanced_accuracy_score',
    supportedBy: 'smallest-class',
  },
  {
    name: 'precision',
    ...classification,
    ...share,
    better: 'higher',
    description:
      'The share of the rows with the positive label that are positive. For more than two classes the mean over the classes, where a class that is never predicted counts 0.',
    source: 'sklearn.metrics.precision_score (average="macro" for more than two classes)',
    supportedBy: 'predicted-positives',
  },
  {
    name: 'recall',
    ...classification,
    ...share,
    better: 'higher',
    description:
      'The share of the positive rows that have the positive label. For more than two classes the mean over the classes.',
    source: 'sklearn.metrics.recall_score (average="macro" for more than two classes)',
    supportedBy: 'positives',
  },
  {
    name: 'f1',
    ...classification,
    ...share,
    better: 'higher',
    description:
      'The harmonic mean of precision and recall. For more than two classes the mean over the classes.',
    source: 'van Rijsbergen 1979; sklearn.metrics.f1_score (average="macro" for more than two classes)',
    supportedBy: 'positives',
  },
  {
    name: 'rmse',
    ...regression,
    range: [0, null],
    unit: 'target',
    better: 'lower',
    description: 'The root of the mean squared error.',
    source: 'sklearn.metrics.root_mean_squared_error',
    supportedBy: 'rows',
  },
  {
    name: 'mae',
    ...regression,
    range: [0, null],
    unit: 'target',
    better: 'lower',
    description: 'The mean absolute error.',
    source: 'sklearn.metrics.mean_absolute_error',
    supportedBy: 'rows',
  },
  {
    name: 'r2',
    ...regression,
    range: [null, 1],
    unit: 'none',
    better: 'higher',
    description:
      'One minus the squared error over the squared error of always saying the mean of these rows: 1 is exact, 0 is no better than the mean.',
    source: 'sklearn.metrics.r2_score',
    supportedBy: 'rows',
  },
  {
    name: 'mape',
    ...regression,
    range: [0, null],
    unit: 'none',
    better: 'lower',
    description:
      'The mean of the absolute error over the absolute true value, as a share (0.1 is 10 %). Not computed when a true value is 0.',
    source: 'sklearn.metrics.mean_absolute_percentage_error',
    supportedBy: 'rows',
  },
];

/** The metrics of a task, in order. */
export function metricsOf(task: Task): readonly MetricDefinition[] {
  return metricDefinitions.filter((metric) => metric.task === task);
}

export function metricDefinition(name: string): MetricDefinition | undefined {
  return metricDefinitions.find((metric) => metric.name === name);
}

/** How much better `value` is than `reference`, in units of the metric: positive is better, whatever the direction. */
export function improvement(metric: MetricDefinition, value: number, reference: number): number {
  return metric.better === 'higher' ? value - reference : reference - value;
}

/** Of metrics by their names, that which comes first among definitions; one without a definition where none has. */
export function usualMetric(names: readonly string[]): string | undefined {
  return metricDefinitions.find(({ name }) => names.includes(name))?.name ?? names[0];
}

/** What a record says of the metric that its run is looked at by. */
interface LookedAt {
  readonly model?: { readonly digest: string; readonly choice?: { readonly metric: string } };
  readonly mainMetric?: string;
  readonly models?: readonly {
    readonly digest: string;
    readonly evaluation?: { readonly metrics: Readonly<Record<string, unknown>> };
  }[];
}

/**
 * The metric that a run is looked at by, the same on every page, on model cards and in the index of runs: what its model
 * was chosen by, else what its evaluation holds for the first; of records that say neither, the usual one of their chosen
 * model.
 */
export function mainMetricOf({ model, mainMetric, models = [] }: LookedAt): string | undefined {
  const chosen = models.find(({ digest }) => digest === model?.digest);
  return model?.choice?.metric ?? mainMetric ?? usualMetric(Object.keys(chosen?.evaluation?.metrics ?? {}));
}

/** Where residuals (truth - prediction) are cut: the shares of `Evaluation.residualQuantiles`. */
export const residualShares: readonly number[] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
