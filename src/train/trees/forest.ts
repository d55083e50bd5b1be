import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { packageFile } from '../../base/index.ts';
import type { ForestJob } from './forest-grower.ts';
import { forestGrower } from './forest-grower.ts';
import type { TreeEnsemble } from './tree.ts';
import { joinTrees } from './tree.ts';
import type { WorkerJob } from './worker-job.ts';

export interface ForestRun {
  readonly job: ForestJob;
  readonly trees: number;
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly onTree: (grown: number) => void;
}

/** Below so many values in all trees together, starting threads takes longer than growing. */
const worthThreads = 2_000_000;

/** Grows a forest; undefined when it was cancelled. Threads grow whole trees, so their number changes nothing. */
export async function growForest(run: ForestRun): Promise<TreeEnsemble | undefined> {
  const { job, trees } = run;
  const work = job.binned.rows * job.tries * trees;
  const threads = work < worthThreads ? 1 : Math.min(run.threads, trees);
  const grown = threads > 1 ? await growInThreads(run, threads) : await growHere(run);
  return grown && joinTrees(grown, Math.max(1, job.classes));
}

async function growHere({ job, trees, signal, onTree }: ForestRun): Promise<TreeEnsemble[] | undefined> {
  const grow = forestGrower(job);
  const grown: TreeEnsemble[] = [];
  for (let tree = 0; tree < trees; tree++) {
    if (signal.aborted) return undefined;
    grown.push(grow(tree));
    onTree(tree + 1);
    await setImmediate();
  }
  return grown;
}

async function growInThreads(run: ForestRun, threads: number): Promise<TreeEnsemble[] | undefined> {
  const { job, trees, signal, onTree } = run;
  if (signal.aborted) return undefined;
  const grown: TreeEnsemble[] = [];
  const workers: Worker[] = [];
  let next = 0;
  let done = 0;
  let stop = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      stop = resolve;
      signal.addEventListener('abort', stop, { once: true });
      for (let i = 0; i < threads; i++) {
        const worker = new Worker(packageFile('dist/train/trees/tree-worker.js'), {
          workerData: { kind: 'forest', job } satisfies WorkerJob,
        });
        workers.push(worker);
        worker.on('error', reject);
        worker.on('message', (message: { tree: number; grown: TreeEnsemble }) => {
          grown[message.tree] = message.grown;
          onTree(++done);
          if (next < trees) worker.postMessage(next++);
          if (done === trees) resolve();
        });
        if (next < trees) worker.postMessage(next++);
      }
    });
  } finally {
    signal.removeEventListener('abort', stop);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return done === trees ? grown : undefined;
}
