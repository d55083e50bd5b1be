// Steps of a job whose runner has the native packages already, against the limit of 2 s, and beside `node -e 0` in the
// same run: the actions from their bundle in a folder of its own, on a repository with one pipeline and no store.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const limitMilliseconds = 2000;
const rounds = 9;
const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'trainyard-start-'));
try {
  const [actions, tools, workspace] = ['actions', 'tools', 'workspace'].map((name) => join(folder, name));
  cpSync(join(root, 'actions'), actions, {
    recursive: true,
    filter: (path) => !/actions\/(dist|node_modules)$/.test(path),
  });
  const bundle = [join(root, 'scripts/bundle-actions.mjs'), '--out', join(actions, 'dist')];
  execFileSync(process.execPath, bundle, { stdio: ['ignore', 'ignore', 'inherit'] });
  const digest = createHash('sha256').update(readFileSync(join(actions, 'package-lock.json')));
  const packages = `${digest.digest('hex').slice(0, 16)}-${process.platform}-${process.arch}`;
  mkdirSync(join(tools, 'trainyard', packages), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(tools, 'trainyard', packages, 'node_modules'));
  for (const part of ['pipelines', 'trainyard.yaml'])
    cpSync(join(root, part), join(workspace, part), { recursive: true });
  const person = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
  for (const args of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    [...person, 'commit', '-qm', 'Begin'],
  ])
    execFileSync('git', args, { cwd: workspace });

  const env = {
    ...{ PATH: process.env.PATH, HOME: folder, GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: workspace },
    ...{ RUNNER_TOOL_CACHE: tools, RUNNER_TEMP: folder, INPUT_DIRECTORY: '.', INPUT_TOKEN: 'none' },
  };
  const of = (name) => [join(actions, `dist/bin/action-${name}.js`)];
  const steps = {
    'node -e 0': { args: ['-e', '0'] },
    setup: { args: of('setup') },
    plan: { args: of('plan'), with: { INPUT_FOR: 'dispatch', INPUT_REUSE: 'false' } },
    validate: { args: of('validate'), with: { INPUT_PIPELINE: 'heart-disease' } },
  };
  const best = Object.fromEntries(Object.keys(steps).map((name) => [name, Number.POSITIVE_INFINITY]));
  for (let round = 0; round < rounds; round++)
    for (const [name, step] of Object.entries(steps)) best[name] = Math.min(best[name], time(step, env));

  const bare = best['node -e 0'];
  console.log(
    `machine: ${cpus().length} x ${cpus()[0].model}; Node ${process.version}; best of ${rounds} rounds`,
  );
  for (const [name, milliseconds] of Object.entries(best))
    console.log(
      `${name}: ${milliseconds.toFixed(0)} ms, ${(milliseconds / bare).toFixed(1)} x node -e 0; ${(milliseconds / limitMilliseconds).toFixed(2)} of the limit`,
    );
  const slowest = Math.max(...Object.values(best));
  console.log(
    `ratio to the limit of ${limitMilliseconds} ms: ${(slowest / limitMilliseconds).toFixed(2)} (must be at most 1)`,
  );
  process.exitCode = slowest <= limitMilliseconds ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function time({ args, with: inputs = {} }, env) {
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env: { ...env, ...inputs } });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`);
  return Number(process.hrtime.bigint() - start) / 1e6;
}
