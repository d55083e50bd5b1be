/** The thread that converts segments, alone: what the server's file runs in the role `log-thread`. */
import { parentPort } from 'node:worker_threads';
import { runLogThread } from '../../../dist/serve/log/parquet/run-thread.js';

runLogThread(parentPort);
