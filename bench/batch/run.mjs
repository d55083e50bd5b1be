/**
 * Batch scoring against ONNX Runtime in Python between two pandas: the same model (gradient boosting, 13 features), the same
 * Parquet file, both write key, label and probabilities as Parquet, two threads each. Build first; BENCH_PYTHON names the
 * peer's Python. BENCH_ROWS (default 1,000,000): the promise is about 10,000,000.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSession } from '../../dist/sql/index.js';
import { packModels } from './model.mjs';
import { writeRows } from './rows.mjs';

const rows = Number(process.env.BENCH_ROWS ?? 1_000_000);
const repeats = Number(process.env.BENCH_REPEATS ?? 2);
const python = process.env.BENCH_PYTHON ?? 'python3';
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'trainyard-bench-'));

try {
  const servable = packModels(folder);
  const input = join(folder, 'rows.parquet');
  await writeRows(input, rows);
  const last = (output) => JSON.parse(output.trim().split('\n').at(-1));
  const run = (command, ...args) =>
    last(execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
  const ours = [];
  const theirs = [];
  console.log(
    `machine: ${cpus()[0]?.model.trim()}, ${cpus().length} cores; Node ${process.version}; ${rows} rows`,
  );
  const line = (name, { seconds, cpu, megabytes }) =>
    console.log(
      `${name}: ${seconds.toFixed(1)} s, ${Math.round(rows / seconds)} rows/s, ${cpu.toFixed(1)} s of CPU, ${Math.round(megabytes)} MB`,
    );
  for (let k = 0; k < repeats; k++) {
    ours.push(run(process.execPath, here('ours.mjs'), servable, input, join(folder, 'ours.parquet')));
    line('trainyard', ours[k]);
    // The whole table in one call, and in calls of the size that suits it best.
    for (const step of [0, 65_536]) {
      const one = run(
        python,
        here('peer.py'),
        join(servable, 'model.onnx'),
        input,
        join(folder, 'theirs.parquet'),
        String(step),
      );
      theirs.push(one);
      line(`${one.version}, ${step === 0 ? 'one call' : `calls of ${step} rows`}`, one);
    }
  }
  await compare(folder);
  const best = (runs) => Math.min(...runs.map(({ seconds }) => seconds));
  const ratio = best(theirs) / best(ours);
  console.log(
    `required: at least the speed of the fastest way in Python (ratio = theirs / ours); ${ratio >= 1 ? 'met' : 'MISSED'}`,
  );
  console.log(
    `peak memory: ${Math.round(Math.max(...ours.map((each) => each.megabytes)))} MB against ${Math.round(Math.min(...theirs.map((each) => each.megabytes)))} MB`,
  );
  console.log(`ratio: ${ratio.toFixed(2)}`);
  process.exitCode = ratio >= 1 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

async function compare(path) {
  const session = await openSession({ allowedPaths: [`${path}/`] });
  const [found] = await session.rows(
    `SELECT count(*) AS n, max(abs(a.probability_1 - b.probability_1)) AS off, sum((a.label != b.label OR a.patient_id != b.patient_id)::INT) AS other
     FROM '${path}/ours.parquet' a POSITIONAL JOIN '${path}/theirs.parquet' b`,
  );
  await session[Symbol.asyncDispose]();
  console.log(
    `answers: ${found.n} rows, largest difference ${found.off}, ${found.other} other labels or keys`,
  );
  if (found.n !== rows || found.off > 1e-6 || found.other > 0) throw new Error('the answers differ');
}
