/** The thread that turns segments into Parquet. */
import { parentPort } from 'node:worker_threads';
import { runLogThread } from '../../dist/serve/log/parquet/run-thread.js';

runLogThread(parentPort);
