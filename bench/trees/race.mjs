import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findEstimator } from '../../dist/train/index.js';
import { makeTask, rocAuc, writeTask } from './data.mjs';

const threads = 2;
const repeats = Number(process.env.BENCH_REPEATS ?? 3);

/**
 * Trains our estimator and a Python peer in turns on the same 100,000 rows, and scores both on the same 20,000 held-out
 * rows. Prints every time, and last the ratio of the best times. The peer's start and reading are not counted.
 */
export async function race({ estimator, options, peerScript, peer, measure, required }) {
  const python = process.env.BENCH_PYTHON ?? 'python3';
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-bench-'));
  try {
    const train = makeTask({ rows: 100_000, seed: 1 });
    const test = makeTask({ rows: 20_000, seed: 2 });
    writeTask(folder, 'train', train);
    writeTask(folder, 'test', test);
    const rival = startPeer(python, peerScript, folder);
    const versions = await rival.next();
    console.log(
      `machine: ${cpus()[0]?.model.trim()}, ${cpus().length} cores; Node ${process.version}; ${versions}`,
    );
    console.log(
      `equal: 100,000 x 30 rows, ${threads} threads, 20,000 held-out rows, ${JSON.stringify(options)}`,
    );
    const ours = [];
    const theirs = [];
    for (let k = 0; k < repeats; k++) {
      ours.push(await trainOurs(estimator, options, train, test));
      rival.ask();
      const [seconds, auc] = (await rival.next()).split(' ').map(Number);
      theirs.push({ seconds, auc });
      const line = (name, { seconds, auc }) => `${name} ${seconds.toFixed(2)} s, AUC ${auc.toFixed(5)}`;
      console.log(`run ${k + 1}: ${line('trainyard', ours[k])}; ${line(peer, theirs[k])}`);
    }
    rival.end();
    const best = (runs) => Math.min(...runs.map((run) => run.seconds));
    const difference = ours[0].auc - theirs[0].auc;
    console.log(`AUC difference: ${difference.toFixed(5)} (allowed: not more than 0.005 worse)`);
    const ratio = measure(best(ours), best(theirs));
    const good = ratio.good && difference > -0.005;
    console.log(`required: ${required}; ${good ? 'met' : 'MISSED'}`);
    console.log(`ratio: ${ratio.value.toFixed(2)}`);
    process.exitCode = good ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function trainOurs(name, options, train, test) {
  const matrix = ({ rows, columns }) => ({
    rows,
    columns,
    names: columns.map((_, j) => `x${j}`),
    categories: columns.map(() => 0),
  });
  const started = performance.now();
  const result = await findEstimator(name).train({
    matrix: matrix(train),
    target: { task: 'classification', classes: ['0', '1'], labels: train.labels },
    options,
    seed: 1,
    threads,
    signal: new AbortController().signal,
    onProgress() {},
  });
  const seconds = (performance.now() - started) / 1000;
  if (!result.ok) throw new Error(result.failure.message);
  const probabilities = result.value.predict(matrix(test)).filter((_, i) => i % 2 === 1);
  return { seconds, auc: rocAuc(probabilities, test.labels) };
}

function startPeer(python, script, folder) {
  const child = spawn(python, [script, folder, String(threads)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: String(threads) },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: () => child.stdin.write('train\n'),
    end: () => child.stdin.end(),
    async next() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`the peer ended; BENCH_PYTHON must be a Python with bench/requirements.txt`);
      return value;
    },
  };
}
