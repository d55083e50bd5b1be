import type { Prediction } from '../onnx/index.ts';
import type { RowAnswer } from './manifest.ts';

/** The answer for one row of a prediction, as a value. */
export function rowAnswer(prediction: Prediction, row: number): RowAnswer {
  if (prediction.task === 'regression') return { value: prediction.values[row]! };
  const { classes, probabilities, labels } = prediction;
  const shown = classes.map((name, c) => [name, probabilities[row * classes.length + c]!] as const);
  return { label: labelValues(classes)[labels[row]!]!, probabilities: Object.fromEntries(shown) };
}

/** Class labels as answers show them: integers where all of them are integers, else texts. */
export function labelValues(classes: readonly string[]): readonly (string | number)[] {
  const integers = classes.every(
    (text) => /^-?(0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text)),
  );
  return integers ? classes.map(Number) : classes;
}
