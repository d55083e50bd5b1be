/**
 * A process that answers without end, and says on stdout what it answered: to be killed.
 * Arguments: folder, mode, bytes of a segment.
 */
import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { openPredictionLog } from '../../../dist/serve/log/index.js';

const [, , root, mode, segmentBytes = '20000'] = process.argv;
const settings = { to: 'file:log', mode };
const log = openPredictionLog({
  root,
  env: {},
  settingsOf: () => settings,
  now: () => Date.now(),
  random: () => 0.5,
  trouble: (trouble) => writeSync(2, `${JSON.stringify(trouble)}\n`),
  thread: () => new Worker(new URL('./log-thread.mjs', import.meta.url)),
  buffer: { rows: 64, ms: 20 },
  segments: { bytes: Number(segmentBytes) },
});
const version = {
  name: 'v1.0.0',
  engine: {
    servable: {
      manifest: {
        model: 'heart',
        modelVersion: 'v1.0.0',
        digest: `sha256:${'ab'.repeat(32)}`,
        lineage: {},
        columns: [{ name: 'age', type: 'integer', personal: false }],
      },
      info: { task: 'regression', classes: [] },
    },
  },
};
const clock = new Int32Array(new SharedArrayBuffer(4));

/** Waits where the pipe is full: whoever reads it may be slower than the answers. */
function say(text) {
  for (;;) {
    try {
      return writeSync(1, text);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(clock, 0, 0, 1);
    }
  }
}

for (let i = 0; ; i++) {
  const event = {
    requestId: `r${i}`,
    model: 'heart',
    version,
    role: 'served',
    protocol: 'simple',
    rows: [{ age: i }],
    prediction: { task: 'regression', rows: 1, values: Float64Array.of(i) },
    firstRow: 0,
    time: Date.now(),
    latency: 1,
  };
  while (mode === 'buffered' && log.observer.kept().waiting >= 64)
    await new Promise((resolve) => setTimeout(resolve, 1));
  log.observer.answered(event);
  await log.observer.settled(event);
  say(`r${i}\n`);
  if (i % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
}
