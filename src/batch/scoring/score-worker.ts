import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { openPredictor } from '../../onnx/index.ts';
import { answerRows } from './answer-rows.ts';
import { batchRows } from './batch-size.ts';
import { memoryOf } from './memory.ts';
import type { FromScorer, RowsToScore, ScoringWork } from './messages.ts';

const port = parentPort!;
const { model } = workerData as ScoringWork;
const say = (message: FromScorer, memory: ArrayBuffer[] = []): void => port.postMessage(message, memory);

const opened = await openPredictor(await readFile(model), { threads: 1, chunkRows: batchRows });
if (!opened.ok) say({ kind: 'failed', because: opened.failure.message });
else {
  const predictor = opened.value;
  // One question after the other: a call of the runtime blocks the thread.
  let last = Promise.resolve();
  port.on('message', (question: RowsToScore | 'end') => {
    if (question === 'end') {
      void last.then(() => predictor[Symbol.asyncDispose]()).finally(() => port.close());
      return;
    }
    last = last.then(async () => {
      const answer = await answerRows(predictor, question);
      say(answer, [
        ...memoryOf(answer.columns),
        ...[answer.chosen, ...answer.answers].map(({ buffer }) => buffer as ArrayBuffer),
      ]);
    });
  });
  say({ kind: 'ready' });
}
