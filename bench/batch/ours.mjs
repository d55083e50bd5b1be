// Scores as `trainyard predict` does, and says what it took: `ours.mjs <servable> <input> <output>`.
import process from 'node:process';

const started = performance.now();
const { scoreBatch } = await import('../../dist/batch/index.js');
const [servable, input, output] = process.argv.slice(2);
const done = await scoreBatch({
  servable,
  files: [{ path: input, shown: input }],
  format: 'parquet',
  output,
  outputFormat: 'parquet',
  rejects: `${output}.rejects.jsonl`,
  rejectsFormat: 'jsonl',
  columns: 'key',
  prefix: '',
  maxRejects: 0,
  threads: 2,
  work: `${output}.parts`,
});
if (!done.ok) throw new Error(JSON.stringify(done.failure));
const { user, system } = process.cpuUsage();
console.log(
  JSON.stringify({
    seconds: (performance.now() - started) / 1000,
    megabytes: process.resourceUsage().maxRSS / 1024,
    cpu: (user + system) / 1e6,
    scored: done.value.scored,
  }),
);
