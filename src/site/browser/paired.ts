import { measurePairs } from '../compare/measure-pairs.ts';
import type { PairedAnswer, PairedQuestion } from '../format/index.ts';

/** The worker that compares runs for the page of comparisons: one answer for each question. */
interface WorkerScope {
  onmessage: ((event: { readonly data: PairedQuestion }) => void) | null;
  postMessage(answer: PairedAnswer): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data }) => {
  scope.postMessage(measurePairs(data));
};
