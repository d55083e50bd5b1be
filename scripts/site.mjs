/**
 * The site of this repository, with real content: runs of the pipeline `heart-disease` with many settings of its parameters,
 * versions, promotions, a rollback, tags and notes. All of it happens in a clone below .trainyard/site-demo, which later calls
 * use again: the records and tags of this checkout stay as they are.
 *
 *     npm run site                        makes what is missing, builds the site, serves it on this machine
 *     npm run site -- --no-serve          ends after the build
 *     npm run site -- --runs=60           so many settings, at least four (default: 44)
 *     npm run site -- --out=public        where the site is written (default: .trainyard/site-demo/site)
 *     npm run site -- --base=/trainyard/  path of the site on its host
 *     npm run site -- --port=8000         default: 4173, or one that is free
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { serveFolder } from './serve-folder.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '44' },
    out: { type: 'string' },
    base: { type: 'string', default: '/' },
    port: { type: 'string' },
    'no-serve': { type: 'boolean', default: false },
  },
});

const fewest = 4;
const settings = allSettings();
const wantedRuns = Number(options.runs);
if (!Number.isInteger(wantedRuns) || wantedRuns < fewest || wantedRuns > settings.length) {
  console.error(
    `--runs=${options.runs}: give a whole number from ${fewest}, as there are four versions, to ${settings.length}, all there are`,
  );
  process.exit(2);
}

const folder = path.join(root, '.trainyard/site-demo');
const yard = path.join(folder, 'trainyard');
const out = path.resolve(options.out ?? path.join(folder, 'site'));
const program = path.join(root, 'dist/bin/trainyard.js');
const pipeline = 'heart-disease';
const began = performance.now();

say('Trainyard is built');
execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
say(`a clone is brought to this commit: ${yard}`);
updateClone();
await makeRuns(settings.slice(0, wantedRuns));
await makeVersions();
say('the site is made: pages first, which take most of it, then data');
setOrigin(originOf(root));
await trainyard('site', 'build', '--out', out, '--base', options.base).then((said) =>
  process.stdout.write(said),
);
say(`done: ${out}`);
if (!options['no-serve']) {
  const url = await serveFolder(out, { base: options.base, port: Number(options.port ?? 4173) });
  console.log(`${url}\nCtrl-C ends it.`);
}

/** What is being done, and when: the first time takes minutes. */
function say(doing) {
  console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${doing}`);
}

function git(...args) {
  return execFileSync('git', ['-C', yard, ...args], { encoding: 'utf8' }).trim();
}

/** A clone at the commit of this checkout, with records and tags of its own: of a remote it knows nothing meanwhile. */
function updateClone() {
  if (!existsSync(path.join(yard, '.git'))) {
    mkdirSync(yard, { recursive: true });
    git('init', '--quiet', '--initial-branch=main');
    git('config', 'user.name', 'Ada Lovelace');
    git('config', 'user.email', 'ada@example.org');
  }
  setOrigin(undefined);
  git('fetch', '--quiet', '--no-tags', root, 'HEAD');
  git('reset', '--quiet', '--hard', 'FETCH_HEAD');
}

/** By its address the pages link to commits and files; nothing is asked of it. */
function setOrigin(url) {
  if (git('remote').split('\n').includes('origin')) git('remote', 'remove', 'origin');
  if (url !== undefined) git('remote', 'add', 'origin', url);
}

function originOf(checkout) {
  try {
    return execFileSync('git', ['-C', checkout, 'remote', 'get-url', 'origin'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

/** All settings of the parameters, always in the same order: the first differ most. */
function allSettings() {
  const all = [];
  for (const seed of [7, 11, 23, 42]) {
    for (const l2 of [1, 10, 0.1]) {
      for (const learning_rate of [0.1, 0.03, 0.3]) {
        for (const trees of [200, 50, 20, 100, 400]) all.push({ trees, learning_rate, l2, seed });
      }
    }
  }
  // One of each kind of the whole grid, and not the whole of its first corner.
  const stride = 37;
  return all.map((_, i) => all[(i * stride) % all.length]);
}

/** Makes the runs that no earlier call made, two at a time: a run has steps of its own to spread over the cores. */
async function makeRuns(settings) {
  const runs = JSON.parse(await trainyard('runs', 'list', '--limit', '100000', '--json'));
  const key = (params) => JSON.stringify([params.trees, params.learning_rate, params.l2, params.seed]);
  const there = new Set(runs.map(({ params }) => key(params)));
  const wanted = settings.filter((one) => !there.has(key(one)));
  const all = wanted.length;
  let done = 0;
  say(`${all} runs are to be made, two at a time; ${there.size} are there`);
  const next = async () => {
    for (let one = wanted.shift(); one !== undefined; one = wanted.shift()) {
      const params = Object.entries(one).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
      await trainyard('run', pipeline, ...params);
      done++;
      if (done % 5 === 0 || done === all) say(`${done} of ${all} runs`);
    }
  };
  await Promise.all([next(), next()]);
}

/** Versions, what stood in production, a step back, and what people said: once, and anew where a call was ended meanwhile. */
async function makeVersions() {
  const mark = 'trainyard.demo-versions';
  if (git('config', '--default', '', '--get', mark) === 'made') return;
  say('versions are registered, promoted and rolled back');
  const tags = git('tag', '--list', '*@*', '*#*').split('\n').filter(Boolean);
  if (tags.length > 0) git('tag', '--delete', ...tags);
  const runs = JSON.parse(await trainyard('runs', 'list', '--limit', '100000', '--json'));
  const passed = runs.filter(({ verdict }) => verdict === 'pass').reverse();
  if (passed.length < fewest)
    throw new Error(
      `only ${passed.length} runs pass their gates, and four are to become versions: ask for more --runs`,
    );
  const chosen = [0, 0.3, 0.6, 0.9].map((share) => passed[Math.floor(share * passed.length)].id);
  const versions = [];
  for (const run of chosen) {
    const made = JSON.parse(await trainyard('register', pipeline, '--run', run, '--json'));
    versions.push(made.version);
  }
  const promote = (i, why) =>
    trainyard('promote', `${pipeline}@${versions[i]}`, '--to', 'production', '--why', why);
  await promote(0, 'the first one that reaches the gates');
  await promote(1, 'agreed with cardiology');
  await promote(2, 'more trees, and no worse among women');
  await trainyard('rollback', pipeline, '--stage', 'production', '--why', 'alarms at night');
  await trainyard('runs', 'tag', chosen[3], 'candidate');
  await trainyard('runs', 'tag', chosen[0], 'first');
  await trainyard(
    'runs',
    'note',
    chosen[3],
    'Calibration looks better than before: ask the ward for newer rows.',
  );
  await trainyard('runs', 'note', chosen[0], 'The run of the first version. Table 2 of the report.');
  git('config', mark, 'made');
}

/** The command line in the clone; what it printed. */
function trainyard(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: yard,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    let wrong = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      wrong += text;
    });
    child.once('error', reject);
    // 1: a verdict that is not pass is a result, too.
    child.once('close', (code) =>
      code === 0 || (code === 1 && args[0] === 'run')
        ? resolve(said)
        : reject(new Error(`trainyard ${args.join(' ')} ended with ${code}\n${wrong}${said}`)),
    );
  });
}
