import type { Prediction } from '../../onnx/index.ts';
import type { Target } from '../../train/index.ts';

/**
 * How the model does on the rows that it learned from. Too good by nature: it is there to be set beside the metrics
 * on held-out rows, and shows how much of a model is memory.
 */
export function metricsOnTrainingRows(target: Target, prediction: Prediction): Record<string, number> {
  if (target.task === 'classification' && prediction.task === 'classification') {
    const { labels, probabilities, classes } = prediction;
    let right = 0;
    let loss = 0;
    for (const [row, truth] of target.labels.entries()) {
      if (labels[row] === truth) right++;
      // Clipped as in scikit-learn, so that one confident mistake is not infinite.
      const probability = probabilities[row * classes.length + truth]!;
      loss -= Math.log(Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON));
    }
    return { accuracy: right / labels.length, log_loss: loss / labels.length };
  }
  if (target.task !== 'regression' || prediction.task !== 'regression') return {};
  let squares = 0;
  let absolutes = 0;
  for (const [row, truth] of target.values.entries()) {
    const error = truth - prediction.values[row]!;
    squares += error * error;
    absolutes += Math.abs(error);
  }
  const rows = target.values.length;
  return { rmse: Math.sqrt(squares / rows), mae: absolutes / rows };
}
