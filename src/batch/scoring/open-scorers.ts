import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Result } from '../../base/index.ts';
import { failed, packageFile, success } from '../../base/index.ts';
import type { BatchFailure } from '../failures.ts';
import { modelFailed, workerLost } from '../failures.ts';
import { memoryOf } from './memory.ts';
import type { ColumnToScore, FromScorer, RowsToScore, ScoredRows, ScoringWork } from './messages.ts';

/** Threads that ask the model. `await using` ends them. */
export interface Scorers extends AsyncDisposable {
  /** Waits until one of the threads will soon be idle: whoever reads rows is not to be ahead of the model by much. */
  room(): Promise<void>;
  score(rows: number, columns: readonly ColumnToScore[]): Promise<Result<ScoredRows, BatchFailure>>;
}

/** Questions that a thread has: one that it answers, and one that waits, so that it is never idle. */
const perThread = 2;

/**
 * Starts the threads. Their file is dist/batch/scoring/score-worker.js of the package: batch scoring is a verb of the
 * command line, and not in the image of the server.
 */
export async function openScorers(model: string, threads: number): Promise<Result<Scorers, BatchFailure>> {
  const members = Array.from({ length: threads }, () => startScorer({ model }));
  const dispose = async (): Promise<void> => {
    await Promise.all(members.map(({ end }) => end()));
  };
  const started = await Promise.all(members.map(({ ready }) => ready));
  const failure = started.find((problem) => problem !== undefined);
  if (failure !== undefined) {
    await dispose();
    return failed(failure);
  }
  let count = 0;
  const waiting: (() => void)[] = [];
  const load = (): number => members.reduce((sum, { asked }) => sum + asked.size, 0);
  return success({
    room: () =>
      load() < threads * perThread ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
    score: async (rows, columns) => {
      const member = members.reduce((best, other) => (other.asked.size < best.asked.size ? other : best));
      const answer = await member.ask({ id: count++, rows, columns });
      waiting.shift()?.();
      return answer;
    },
    [Symbol.asyncDispose]: dispose,
  });
}

interface Scorer {
  readonly asked: Map<number, (answer: Result<ScoredRows, BatchFailure>) => void>;
  readonly ready: Promise<BatchFailure | undefined>;
  ask(question: RowsToScore): Promise<Result<ScoredRows, BatchFailure>>;
  /** Ends when the question that it has is answered: the runtime does not survive a thread that ends in the middle. */
  end(): Promise<void>;
}

function startScorer(work: ScoringWork): Scorer {
  const worker = new Worker(packageFile('dist/batch/scoring/score-worker.js'), { workerData: work });
  const asked: Scorer['asked'] = new Map();
  let lost: BatchFailure | undefined;
  const lose = (because: string): void => {
    lost ??= workerLost(because);
    for (const answer of asked.values()) answer(failed(lost));
    asked.clear();
  };
  worker.on('error', (error) => lose(error.message));
  worker.on('exit', (code) => lose(`it ended with ${code}`));
  const ready = once(worker, 'message').then(
    ([message]: FromScorer[]) => (message?.kind === 'failed' ? modelFailed(message.because) : undefined),
    (error: Error) => workerLost(error.message),
  );
  worker.on('message', (message: FromScorer) => {
    if (message.kind !== 'scored') return;
    asked.get(message.id)?.(success(message));
    asked.delete(message.id);
  });
  const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  return {
    asked,
    ready,
    end: async () => {
      worker.postMessage('end');
      await gone;
    },
    ask: (question) =>
      new Promise((resolve) => {
        if (lost !== undefined) return resolve(failed(lost));
        asked.set(question.id, resolve);
        worker.postMessage(question, memoryOf(question.columns));
      }),
  };
}
