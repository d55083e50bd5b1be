import type { StepRequest } from './request.ts';

/** The files that a built-in step writes into its folder, by the name of the output. */
export function outputFiles(request: StepRequest): Readonly<Record<string, string>> {
  switch (request.uses) {
    case 'prepare':
      return {
        train: 'train.parquet',
        'held-out': 'held-out.parquet',
        facts: 'facts.json',
        profile: 'profile.json',
        ...(request.dataset.format === 'csv' ? { 'train-csv': 'train.csv' } : {}),
      };
    case 'validate':
      return { verdict: 'verdict.json' };
    case 'train':
      return { model: 'model.onnx', training: 'training.json', learning: 'learning.json' };
    case 'evaluate':
      return {
        evaluation: 'evaluation.json',
        latency: 'latency.json',
        ...Object.fromEntries(request.models.map((_, n) => [`predictions/${n}`, `predictions/${n}.parquet`])),
      };
    case 'choose':
      return { model: 'model.onnx', choice: 'choice.json' };
    case 'gates':
      return { gates: 'gates.json' };
  }
}
