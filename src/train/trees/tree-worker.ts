import { parentPort, workerData } from 'node:worker_threads';
import { serveBoosting } from './boost-team.ts';
import { forestGrower } from './forest-grower.ts';
import type { WorkerJob } from './worker-job.ts';

const data = workerData as WorkerJob;
switch (data.kind) {
  case 'forest': {
    const grow = forestGrower(data.job);
    parentPort!.on('message', (tree: number) => {
      const grown = grow(tree);
      parentPort!.postMessage({ tree, grown });
    });
    break;
  }
  case 'boosting':
    serveBoosting(data.memory, data.helper);
    break;
}
