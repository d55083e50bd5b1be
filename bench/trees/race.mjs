import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findEstimator } from '../../dist/train/index.js';
import { makeTask, rocAuc, writeTask } from './data.mjs';

const threads = 2;
const repeats = Number(process.env.BENCH_REPEATS ?? 3);
/** A turn during which the host gave more than this share of the processors' time to others does not count as calm. */
const calm = 0.02;

/**
 * Trains our estimator and a Python peer in turns on the same 100,000 rows, and scores both on the same 20,000 held-out
 * rows. Prints every time, and last the ratio of the best times. The peer's start and reading are not counted. On a
 * machine that others use too, turns go on until enough of them were calm, or four times as many are over: two threads
 * that wait for each other lose more to a processor that is away than any best of three makes up for. They do not where the
 * answer is clear: good enough even if ours had taken twice as long.
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
    const best = (runs) => Math.min(...runs.map((run) => run.seconds));
    const isClear = () => ours.length >= repeats && measure(2 * best(ours), best(theirs)).good;
    let calmTurns = 0;
    for (let k = 0; calmTurns < repeats && k < 4 * repeats && !isClear(); k++) {
      const before = processorTime();
      ours.push(await trainOurs(estimator, options, train, test));
      rival.ask();
      const [seconds, auc] = (await rival.next()).split(' ').map(Number);
      theirs.push({ seconds, auc });
      const line = (name, { seconds, auc }) => `${name} ${seconds.toFixed(2)} s, AUC ${auc.toFixed(5)}`;
      const taken = takenSince(before);
      if (taken <= calm) calmTurns++;
      const note = taken > calm ? `; others had ${(100 * taken).toFixed(0)} % of the processors` : '';
      console.log(`run ${k + 1}: ${line('trainyard', ours[k])}; ${line(peer, theirs[k])}${note}`);
    }
    rival.end();
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

/** Ticks of all processors since the start, and those of them that the host kept (`steal` of proc(5)); elsewhere 0. */
function processorTime() {
  if (!existsSync('/proc/stat')) return { all: 0, taken: 0 };
  const [line] = readFileSync('/proc/stat', 'utf8').split('\n');
  // user, nice, system, idle, iowait, irq, softirq, steal; guests are in the first two.
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  return { all: ticks.reduce((sum, count) => sum + count, 0), taken: ticks[7] };
}

/** The share of the time since then that others had. */
function takenSince(before) {
  const now = processorTime();
  return now.all === before.all ? 0 : (now.taken - before.taken) / (now.all - before.all);
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
