import process from 'node:process';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';

/**
 * What the file of a server runs, in each of its parts: alone and configured by the environment, as in a container; as
 * one of the processes of a parent; as a thread of either. One file for all of them, so that a bundle is complete: the
 * parts start further ones from the file that they were started from.
 */
export async function runServerFile(file: URL): Promise<void> {
  const role = isMainThread
    ? process.env['TRAINYARD_SERVER_ROLE']
    : (workerData as { readonly trainyardRole?: string } | null)?.trainyardRole;
  if (role === 'engine-thread') {
    const { runThread } = await import('./engines/run-thread.ts');
    runThread(parentPort!);
  } else if (role === 'log-thread') {
    const { runLogThread } = await import('./log/parquet/run-thread.ts');
    runLogThread(parentPort!);
  } else if (role === 'worker') {
    const { runWorker } = await import('./workers/run-worker.ts');
    runWorker(file);
  } else {
    const { runAlone } = await import('./run-alone.ts');
    await runAlone(file, process.env);
  }
}
