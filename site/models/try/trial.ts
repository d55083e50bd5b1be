import type { TriedBatch, TriedRow, TryFile, TryQuestion, TryReply } from '@format';
import { withBase } from 'vitepress';

/** A model that runs in a worker of this page. */
export interface Trial {
  /** Each row by itself: its answer, or the rules of the contract that it breaks. */
  rows(rows: readonly unknown[]): Promise<readonly TriedRow[]>;
  /** A file with a header, answered piece by piece. */
  csv(text: string | Blob, progress: (done: number, total: number) => void): RunningBatch;
  close(): void;
}

export interface RunningBatch {
  readonly ended: Promise<TriedBatch>;
  stop(): void;
}

interface Waiting {
  done(reply: TryReply): void;
  failed(error: Error): void;
  progress?(done: number, total: number): void;
}

type Asked = TryQuestion extends infer Q
  ? Q extends { readonly id: number }
    ? Omit<Q, 'id'>
    : never
  : never;

/** Reads the runtime and the model from this site, and nothing else from anywhere. @param file of the `TryFile`, below `data/` */
export async function openTrial(tried: TryFile, file: string): Promise<Trial> {
  const worker = new Worker(withBase('/workers/try-it-worker.js'), { type: 'module' });
  const waiting = new Map<number, Waiting>();
  let last = 0;
  const failAll = (text: string): void => {
    for (const { failed } of waiting.values()) failed(new Error(text));
    waiting.clear();
  };
  worker.addEventListener('message', ({ data }: MessageEvent<TryReply>) => {
    const asked = waiting.get(data.id);
    if (data.is === 'progress') return asked?.progress?.(data.done, data.total);
    waiting.delete(data.id);
    if (data.is === 'problem') asked?.failed(new Error(data.problem));
    else asked?.done(data);
  });
  worker.addEventListener('error', (event) => failAll(event.message || 'The worker could not be started.'));
  const ask = <Is extends TryReply['is']>(
    question: Asked,
    is: Is,
    progress?: Waiting['progress'],
  ): Promise<Extract<TryReply, { is: Is }>> =>
    new Promise((done, failed) => {
      const id = ++last;
      waiting.set(id, {
        done: (reply) =>
          reply.is === is
            ? done(reply as Extract<TryReply, { is: Is }>)
            : failed(new Error('The worker said something else.')),
        failed,
        ...(progress === undefined ? {} : { progress }),
      });
      worker.postMessage({ ...question, id });
    });
  const at = (path: string): string => new URL(withBase(`/data/${path}`), location.href).href;
  const urls = {
    module: at(tried.runtime.module),
    program: at(tried.runtime.program),
    folder: at(file.replace(/[^/]*$/, '')),
  };
  // What Vue watches cannot be sent.
  const plain = JSON.parse(JSON.stringify(tried)) as TryFile;
  try {
    await ask({ ask: 'load', tried: plain, urls }, 'loaded');
  } catch (error) {
    worker.terminate();
    throw error;
  }
  return {
    rows: async (rows) => (await ask({ ask: 'rows', rows }, 'rows')).answers,
    csv: (text, progress) => {
      const ended = ask({ ask: 'csv', text }, 'csv', progress).then(({ batch }) => batch);
      const id = last;
      return { ended, stop: () => worker.postMessage({ ask: 'stop', id } satisfies TryQuestion) };
    },
    close: () => {
      failAll('The model was closed.');
      worker.terminate();
    },
  };
}
