/**
 * Runs benches: builds, installs the peers of bench/requirements.txt into a virtual environment outside of the tree, and
 * starts bench/<name>/run.mjs with BENCH_PYTHON.
 *
 *     npm run bench                       all of them
 *     npm run bench -- no-op start-up     some
 *     npm run bench -- serve --minutes=10 options (--name=value) go to the benches
 *     npm run bench -- no-op --no-build   with what was built before
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const requirements = join(root, 'bench/requirements.txt');
const all = readdirSync(join(root, 'bench')).filter((name) =>
  existsSync(join(root, 'bench', name, 'run.mjs')),
);
const options = process.argv.slice(2).filter((argument) => /^--(?!no-build$)/.test(argument));
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const wanted = named.length > 0 ? named : all;

const unknown = wanted.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}; there are ${all.join(', ')}.`);
  process.exit(2);
}

if (!process.argv.includes('--no-build'))
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
const alone = (name) => name === 'site' || name.startsWith('start-');
const python = wanted.every(alone) ? undefined : peers();
for (const name of wanted) {
  console.log(`== ${name}`);
  const { status } = spawnSync(process.execPath, [join(root, 'bench', name, 'run.mjs'), ...options], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...(python === undefined ? {} : { BENCH_PYTHON: python }) },
  });
  if (status !== 0) process.exitCode = 1;
}

/** The Python with the peers in it. */
function peers() {
  const digest = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(cache, 'trainyard', `bench-${digest}`);
  const python = join(folder, 'bin/python');
  const ready = join(folder, 'ready');
  if (existsSync(ready)) return python;
  const run = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  run('python3', '-m', 'venv', '--clear', folder);
  run(
    python,
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--requirement',
    requirements,
  );
  writeFileSync(ready, '');
  return python;
}
