/** The held-out rows as metrics see them: for each row the truth and what one model said. */
export type Sample = ClassSample | ValueSample;

export interface ClassSample {
  readonly task: 'classification';
  readonly rows: number;
  readonly classes: readonly string[];
  /** Index of the positive class; only for two classes. */
  readonly positive?: number;
  /** Index into `classes`. */
  readonly truth: Int32Array;
  /** Index into `classes` of the model's own label. */
  readonly labels: Int32Array;
  /** `rows` x `classes.length`, row by row. */
  readonly probabilities: Float64Array;
}

export interface ValueSample {
  readonly task: 'regression';
  readonly rows: number;
  readonly truth: Float64Array;
  readonly predicted: Float64Array;
}

/** The same of some of the rows, given by their indices. */
export function subsetOf(sample: Sample, rows: Int32Array): Sample {
  if (sample.task === 'regression') {
    return {
      task: 'regression',
      rows: rows.length,
      truth: Float64Array.from(rows, (row) => sample.truth[row]!),
      predicted: Float64Array.from(rows, (row) => sample.predicted[row]!),
    };
  }
  const width = sample.classes.length;
  const probabilities = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    probabilities.set(sample.probabilities.subarray(row * width, (row + 1) * width), i * width);
  });
  return {
    ...sample,
    rows: rows.length,
    truth: Int32Array.from(rows, (row) => sample.truth[row]!),
    labels: Int32Array.from(rows, (row) => sample.labels[row]!),
    probabilities,
  };
}

/** How many rows have each class. */
export function classCounts(classes: Int32Array, width: number): Int32Array {
  const counts = new Int32Array(width);
  for (const index of classes) counts[index]!++;
  return counts;
}

/** Why two samples of the same rows cannot be compared: metrics of different classes are different things. */
export function sampleMismatch(first: Sample, other: Sample): string | undefined {
  if (first.task !== other.task) return `one is for ${first.task}, the other for ${other.task}`;
  if (first.task === 'regression' || other.task === 'regression') return undefined;
  const [classes, otherClasses] = [first.classes.join(', '), other.classes.join(', ')];
  return classes === otherClasses ? undefined : `one knows the classes ${classes}, the other ${otherClasses}`;
}
