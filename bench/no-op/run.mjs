// A run in which nothing has changed: `trainyard run` against `dvc repro`, 200 steps with 10,000 dependency files. Both
// look at every file and start from nothing in each round; both have run before. Build first; BENCH_PYTHON is a Python
// with bench/requirements.txt. `--rounds=1` for a look: a round takes DVC half a minute.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { filesPerStep, steps, writeProject } from './project.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new RangeError(`--rounds=${values.rounds} is no number of rounds`);
const required = 10;
const main = fileURLToPath(new URL('../../dist/bin/trainyard.js', import.meta.url));
const dvc = path.join(path.dirname(process.env.BENCH_PYTHON ?? 'python3'), 'dvc');

const version = run(dvc, ['--version'], tmpdir()).trim();
console.log(
  `machine: ${cpus().length} x ${cpus()[0].model}; Node ${process.version}; DVC ${version}; rounds: ${rounds} (medians)`,
);
console.log(
  `equal: ${steps} steps in chains of 10, ${steps * filesPerStep} files, the same commands, no Git`,
);

const ratios = {};
for (const form of ['folders', 'listed']) {
  const root = mkdtempSync(path.join(tmpdir(), 'trainyard-bench-'));
  try {
    ratios[form] = race(form, root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
console.log(`as folders, DVC takes ${ratios.folders.toFixed(1)} times as long`);
console.log(
  `ratio: with every file listed, DVC takes ${ratios.listed.toFixed(1)} times as long (must be at least ${required})`,
);
process.exitCode = ratios.listed >= required ? 0 : 1;

function race(form, root) {
  const folder = writeProject(root, form);
  const ours = () => run(process.execPath, [main, 'run', 'noop'], root);
  const theirs = () => run(dvc, ['repro'], folder);
  run(dvc, ['init', '--no-scm', '--quiet'], folder);
  ours();
  expect(ours(), /200 re-used/);
  expect(theirs(), /up to date/);
  const seconds = { ours: [], theirs: [] };
  for (let round = 0; round < rounds; round++) {
    seconds.ours.push(time(ours));
    seconds.theirs.push(time(theirs));
  }
  const [mine, other] = [median(seconds.ours), median(seconds.theirs)];
  console.log(`${form}: trainyard run ${mine.toFixed(2)} s, dvc repro ${other.toFixed(2)} s`);
  return other / mine;
}

function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1e8,
    env: { ...process.env, DVC_NO_ANALYTICS: '1' },
  });
  if (status === 0) return stdout + stderr;
  throw new Error(`${command} ${args.join(' ')} ended with ${status ?? error}:\n${stdout}${stderr}`);
}

function expect(text, pattern) {
  if (!pattern.test(text)) throw new Error(`${pattern} is not in:\n${text.slice(-2000)}`);
}

function time(work) {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
