/**
 * What the prediction log costs a request of one row, with 13 and with 30 columns: in the call that the answer waits for, in
 * CPU of the server's thread until the lines are in the file, and in CPU of the process until they are Parquet. The limits
 * are those of the CPU.
 *
 *     npm run bench -- serve-log
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { openPredictionLog } from '../../dist/serve/log/index.js';

const requests = Number(process.env.REQUESTS ?? 200_000);
const perTurn = 32;
/** Microseconds of CPU a request, by the number of columns. */
const limits = {
  13: { own: 5, all: 14 },
  30: { own: 9, all: 20 },
};

const patient = {
  age: (i) => 29 + (i % 48),
  sex: (i) => ['male', 'female'][i % 2],
  cp: () => 'asymptomatic',
  trestbps: (i) => 94 + (i % 100),
  chol: (i) => 126 + (i % 400),
  fbs: () => 0,
  restecg: () => 2,
  thalach: (i) => 71 + (i % 130),
  exang: () => 0,
  oldpeak: (i) => (i % 62) / 10,
  slope: (i) => 1 + (i % 3),
  ca: (i) => i % 4,
  thal: (i) => ['normal', 'fixed', 'reversible'][i % 3],
};
const categories = {
  sex: ['male', 'female'],
  cp: ['typical', 'asymptomatic'],
  thal: ['normal', 'fixed', 'reversible'],
};

/** More columns than a patient has are those of the next one. */
function columnsOf(count) {
  const names = Object.keys(patient);
  return Array.from({ length: count }, (_, i) => {
    const like = names[i % names.length];
    const name = i < names.length ? like : `${like}_${Math.floor(i / names.length)}`;
    const type = like in categories ? 'string' : like === 'oldpeak' ? 'number' : 'integer';
    return { name, like, type, ...(like in categories ? { enum: categories[like] } : {}), personal: false };
  });
}

function versionOf(columns) {
  const manifest = {
    model: 'heart-disease',
    modelVersion: 'v1.0.0',
    digest: `sha256:${'0'.repeat(64)}`,
    lineage: { run: '20261121-045839-2f8bbb18', commit: 'd8a459b15d1c2b2cc8a1f23c0a2a8d1f0e4c6b7a' },
    columns,
  };
  const info = { task: 'classification', classes: ['0', '1'] };
  return { name: 'v1.0.0', engine: { servable: { manifest, info } } };
}

/** A request as a server has it: a row of its own, and a share of a batch's prediction. */
function eventOf(i, { version, prediction, firstRow }) {
  const row = {};
  for (const { name, like } of version.engine.servable.manifest.columns) row[name] = patient[like](i);
  return {
    requestId: `N2k4b0xgQ1aB-${i.toString(36)}`,
    model: 'heart-disease',
    version,
    role: 'served',
    protocol: 'simple',
    rows: [row],
    firstRow,
    prediction,
    time: 1_795_253_000_000 + (i >> 3),
    latency: 1.2 + (i % 7) / 10,
  };
}

async function measure(version, isLogged) {
  const root = await mkdtemp(path.join(tmpdir(), 'serve-log-bench-'));
  const settings = { to: 'file:log', mode: 'buffered' };
  const log = openPredictionLog({
    root,
    env: {},
    settingsOf: () => settings,
    now: () => Date.now(),
    random: Math.random,
    trouble: (trouble) => console.error(trouble),
    thread: () => new Worker(new URL('./thread.mjs', import.meta.url)),
  });
  let calls = 0;
  const cpu = process.cpuUsage();
  const thread = ownCpu();
  for (let i = 0; i < requests; i += perTurn) {
    const prediction = {
      task: 'classification',
      rows: perTurn,
      classes: ['0', '1'],
      labels: new Int32Array(perTurn).fill(1),
      probabilities: new Float64Array(perTurn * 2).map((_, at) => Math.sin(i + at) ** 2),
    };
    const events = Array.from({ length: perTurn }, (_, at) =>
      eventOf(i + at, { version, prediction, firstRow: at }),
    );
    if (isLogged) {
      const from = performance.now();
      for (const event of events) log.observer.answered(event);
      calls += performance.now() - from;
    }
    // Some 25,000 requests a second: more than a server answers on one core.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const dropped = log.observer.kept().dropped;
  await log[Symbol.asyncDispose]();
  const own = ownCpu() - thread;
  const all = process.cpuUsage(cpu);
  const bytes = await sizeOf(root);
  await rm(root, { recursive: true, force: true });
  return {
    call: (calls * 1000) / requests,
    own: own / requests,
    all: (all.user + all.system) / requests,
    bytes: bytes / requests,
    dropped,
  };
}

/** CPU of this thread alone, in microseconds: Linux tells it, in hundredths of a second. */
function ownCpu() {
  const [, fields] = readFileSync(`/proc/self/task/${process.pid}/stat`, 'utf8').split(') ');
  const [user, system] = fields.split(' ').slice(11, 13).map(Number);
  return (user + system) * 10_000;
}

async function sizeOf(folder) {
  let bytes = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    const facts = await stat(path.join(folder, name));
    if (facts.isFile()) bytes += facts.size;
  }
  return bytes;
}

const show = (value) => value.toFixed(2).padStart(7);

async function compare(count, limit) {
  const version = versionOf(columnsOf(count));
  await measure(version, true);
  const nothing = await measure(version, false);
  const logged = await measure(version, true);
  const own = logged.own - nothing.own;
  const all = logged.all - nothing.all;
  console.log(`${requests} requests of one row, ${count} columns; microseconds a request`);
  console.log(`  the call that the answer waits for           ${show(logged.call)}`);
  console.log(`  CPU of the thread that answers               ${show(own)} of ${limit.own}`);
  console.log(`  CPU of all threads, until they are Parquet   ${show(all)} of ${limit.all}`);
  console.log(`  bytes a request in Parquet                   ${show(logged.bytes)}`);
  console.log(`  lines dropped                                ${String(logged.dropped).padStart(7)}`);
  const isWithin = own <= limit.own && all <= limit.all;
  console.log(isWithin ? 'within the limits' : 'ABOVE a limit');
  if (!isWithin) process.exitCode = 1;
}

for (const [count, limit] of Object.entries(limits)) await compare(Number(count), limit);
