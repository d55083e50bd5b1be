import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment } from './environments.mjs';
import { closedLoop, generator } from './load.mjs';
import { startOurs } from './ours.mjs';
import { freePort, startServer } from './processes.mjs';
import { boosting } from './project.mjs';

const here = fileURLToPath(new URL('./', import.meta.url));
const headers = { 'content-type': 'application/json' };
const required = 10;
/** Our CPU a request to that of a bare server of Node, the middle of `rounds` pairs: see bare.mjs. */
const allowed = 4;
const rounds = 5;

const peers = [
  {
    name: 'FastAPI + scikit-learn',
    environment: 'fastapi',
    packages: ['fastapi', 'uvicorn', 'scikit-learn'],
    command: (bin, _, port) => [
      join(bin, 'uvicorn'),
      'fastapi_app:app',
      '--port',
      port,
      '--no-access-log',
      '--log-level',
      'warning',
    ],
    path: '/predict',
    body: (row) => row,
  },
  {
    name: 'MLflow',
    environment: 'mlflow',
    packages: ['mlflow', 'scikit-learn'],
    command: (bin, folder, port) => [
      join(bin, 'mlflow'),
      'models',
      'serve',
      '-m',
      join(folder, 'mlflow'),
      '-p',
      port,
      '--env-manager',
      'local',
      '-w',
      '1',
    ],
    path: '/invocations',
    body: (row) => ({ dataframe_records: [row] }),
  },
  {
    name: 'BentoML',
    environment: 'bentoml',
    packages: ['bentoml', 'scikit-learn'],
    command: (bin, _, port) => [join(bin, 'bentoml'), 'serve', 'bento_service:Model', '--port', port],
    path: '/predict',
    body: (row) => ({ row }),
  },
];

/** One row a request at concurrency 32: the CPU of the server and all of its children, per request. */
export async function raceRivals({ root, models, seconds, expect }) {
  console.log(
    `\n-- one row a request, 32 connections, ${seconds} s each after a warm-up, load by ${generator}`,
  );
  console.log(
    `equal: the same rows, 1 request = 1 row as JSON, gradient boosting with ${JSON.stringify(boosting)}, one-hot for texts;`,
  );
  console.log(
    'ours trains on the 75 % that its split leaves, scikit-learn 1.7.2 on all rows: the trees differ, their number and depth not.',
  );
  for (const model of models) {
    const body = JSON.stringify(model.row);
    const mine = await measureBesideBare({ root, model, body, seconds });
    print(`${model.features} columns: a bare server of Node, which parses a row and has no model`, mine.bare);
    print(`${model.features} columns: trainyard, with log`, mine);
    console.log(
      `ratio: trainyard takes ${mine.toBare.toFixed(2)} times the CPU of the bare server, the middle of ${rounds} alternating pairs (must be at most ${allowed})`,
    );
    // Without slack, here and below: both sides are measured here, one after the other.
    expect(mine.toBare <= allowed, `${model.features} columns: ${allowed} times the CPU of a bare server`);
    for (const peer of peers) {
      const theirs = await measurePeer(peer, { root, model, seconds });
      print(`${model.features} columns: ${peer.name} (${theirs.versions})`, theirs);
      const ratio = theirs.cpu / mine.cpu;
      console.log(
        `ratio: ${peer.name} takes ${ratio.toFixed(1)} times the CPU (must be at least ${required})`,
      );
      expect(ratio >= required, `${model.features} columns: a tenth of the CPU of ${peer.name}`);
    }
  }
}

/**
 * Ours and the bare server, both up, asked in turns: what a machine costs changes by half within a minute when others
 * work on it too, for both alike.
 */
async function measureBesideBare({ root, model, body, seconds }) {
  const ours = await startOurs({
    plan: model.servable,
    model: model.name,
    body,
    settings: { TRAINYARD_LOG: `file:${join(root, 'log', model.name)}` },
  });
  try {
    const bare = await startBare(ours.answer, body);
    try {
      await warmUp(ours, body);
      await warmUp(bare, body);
      const pairs = [];
      const turn = Math.max(2, Math.round(seconds / 2));
      for (let round = 0; round < rounds; round++) {
        const mine = await measureWarm(ours, { body, seconds: turn });
        const floor = await measureWarm(bare, { body, seconds: turn });
        pairs.push({ ...mine, bare: floor, toBare: mine.cpu / floor.cpu });
      }
      return pairs.sort((a, b) => a.toBare - b.toBare)[(rounds - 1) / 2];
    } finally {
      await bare.stop();
    }
  } finally {
    await ours.stop();
  }
}

async function startBare(answer, body) {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}/`;
  const server = await startServer({
    command: process.execPath,
    args: [join(here, 'bare.mjs')],
    env: { PORT: port, ANSWER: answer },
    url,
    body,
    headers,
  });
  return { ...server, url };
}

async function measurePeer(peer, { root, model, seconds }) {
  const bin = environment(peer.environment);
  const folder = join(root, 'peers', `${peer.environment}-${model.name}`);
  const train = [join(here, 'peers/train.py'), model.csv, model.target, JSON.stringify(boosting), folder];
  execFileSync(join(bin, 'python'), train, { stdio: ['ignore', 'ignore', 'inherit'] });
  const versions = execFileSync(
    join(bin, 'python'),
    [
      '-c',
      `from importlib.metadata import version as v; print(', '.join(f'{n} {v(n)}' for n in ${JSON.stringify(peer.packages)}))`,
    ],
    { encoding: 'utf8' },
  ).trim();
  const port = String(await freePort());
  const [command, ...args] = peer.command(bin, folder, port);
  const url = `http://127.0.0.1:${port}${peer.path}`;
  const body = JSON.stringify(peer.body(model.row));
  const server = await startServer({
    command,
    args,
    cwd: join(here, 'peers'),
    env: {
      PEER_FOLDER: folder,
      PATH: `${bin}:${process.env.PATH}`,
      // One thread in each library: with more they only wait for each other at one row.
      OMP_NUM_THREADS: '1',
      BENTOML_DO_NOT_TRACK: 'True',
      MLFLOW_DISABLE_TELEMETRY: 'true',
      DO_NOT_TRACK: 'true',
    },
    url,
    body,
    headers,
  });
  return { ...(await measure(server, { url, body, seconds })), versions };
}

async function measure(server, { url, body, seconds }) {
  try {
    await warmUp({ url }, body);
    return await measureWarm({ ...server, url }, { body, seconds });
  } finally {
    await server.stop();
  }
}

async function warmUp({ url }, body) {
  await closedLoop({ url, body, connections: 32, seconds: 3 });
}

async function measureWarm({ cpu, url }, { body, seconds }) {
  const before = cpu();
  const result = await closedLoop({ url, body, connections: 32, seconds });
  if (result.failed > 0) throw new Error(`${result.failed} of ${result.requests} requests failed`);
  return { ...result, cpu: (cpu() - before) / result.requests };
}

function print(name, { cpu, rate, p50, p99 }) {
  console.log(
    `${name}: ${cpu.toFixed(1)} us of CPU a request, ${rate.toFixed(0)} requests/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
  );
}
