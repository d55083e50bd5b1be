// A parent of processes on a machine that can start no more of them.
import process from 'node:process';
import { startServer } from '../../../dist/serve/index.js';

process.execPath = process.env.EXECUTABLE;
const started = await startServer({
  plan: JSON.parse(process.env.PLANS)[0],
  host: '127.0.0.1',
  port: 0,
  workers: 2,
});
const { code, message } = started.failure;
process.stderr.write(`${JSON.stringify({ event: 'failed', code, message })}\n`);
