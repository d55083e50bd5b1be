// 30,000 run records, of one model and of four: `trainyard runs list` with a condition and an order, without an index
// (cold) and with one (warm), as processes; beside `git cat-file --batch` of the same records, which is the least that
// reading them can take.
//
//     npm run bench -- records
//     BENCH_RECORDS=3000 npm run bench -- records
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeRecords } from './repository.mjs';

const count = Number(process.env.BENCH_RECORDS ?? 30_000);
const coldLimit = 5;
const mostOfGit = 3;
const warmLimit = 0.3;
const warmRounds = 9;
const branch = 'trainyard/runs';
const main = fileURLToPath(new URL('../../dist/bin/trainyard.js', import.meta.url));
const sample = fileURLToPath(new URL('./record.json', import.meta.url));

let recordsAdded = 0;

console.log(
  `machine: ${cpus().length} x ${cpus()[0].model}; Node ${process.version}; ${execFileSync('git', ['--version'], { encoding: 'utf8' }).trim()}; load ${loadavg()[0].toFixed(1)}`,
);
let folder = '';
for (const oneModel of [true, false]) {
  folder = mkdtempSync(join(tmpdir(), 'trainyard-bench-'));
  try {
    git('init', '--quiet', '--initial-branch=main');
    writeFileSync(join(folder, 'trainyard.yaml'), 'version: 1\n');
    git('add', '.');
    git('-c', 'user.name=Bench', '-c', 'user.email=bench@example.org', 'commit', '--quiet', '-m', 'Start');
    const bytes = await writeRecords({ folder, branch, count, sample, oneModel });
    console.log(
      `\n${count} records of ${oneModel ? 'one model' : 'four models, compared'}: ${(bytes / count / 1000).toFixed(0)} kB each, ${(bytes / 1e6).toFixed(0)} MB of JSON in ${packed()} of packs`,
    );
    measure(oneModel);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measure(oneModel) {
  const blobs = git('ls-tree', '-r', '--format=%(objectname)', branch);
  const limit = time('bash', ['-c', 'git cat-file --batch --buffer > /dev/null'], blobs);
  const question = [
    'runs',
    'list',
    '--where',
    'metrics.roc_auc > 0.9 and params.trees >= 200',
    '--sort',
    '-metrics.roc_auc',
  ];
  const cold = time(process.execPath, [main, ...question]);
  const warm = best(() => time(process.execPath, [main, ...question]));
  const added = best(() => {
    addRecord();
    return time(process.execPath, [main, ...question]);
  }, 3);
  const start = best(() => time(process.execPath, [main, '--version']));
  const size = statSync(join(folder, '.git/trainyard/index/runs.bin')).size;
  console.log(`git cat-file --batch, nothing else:  ${shown(limit)}`);
  console.log(`runs list, without an index:         ${shown(cold)}`);
  console.log(`runs list, one record is new:        ${shown(added)}`);
  console.log(`runs list, nothing is new:           ${shown(warm)}`);
  console.log(`trainyard --version:                 ${shown(start)}`);
  console.log(`index: ${(size / 1e6).toFixed(1)} MB`);
  const ratio = cold.seconds / limit.seconds;
  const held = oneModel ? ` (must be at most ${mostOfGit})` : '';
  console.log(`ratio of cold to git alone: ${ratio.toFixed(2)}${held}`);
  const [coldRatio, warmRatio] = [cold.seconds / coldLimit, warm.seconds / warmLimit];
  console.log(`ratio of cold to its limit of ${coldLimit} s: ${coldRatio.toFixed(2)}`);
  console.log(`ratio of warm to its limit of ${warmLimit} s: ${warmRatio.toFixed(2)}`);
  if (oneModel && ratio > mostOfGit) process.exitCode = 1;
}

/** Another record of the newest day, as a run would leave it. */
function addRecord() {
  const paths = git('ls-tree', '-r', '--name-only', branch).trimEnd().split('\n');
  const newest = paths.reduce((a, b) => (a.slice(-29) > b.slice(-29) ? a : b));
  const id = newest.slice(-29, -5);
  const next = `${id.slice(0, -4)}f${(recordsAdded++).toString(16).padStart(3, '0')}`;
  const text = git('show', `${branch}:${newest}`).replaceAll(id, next);
  const stream = `commit refs/heads/${branch}\ncommitter Bench <bench@example.org> 1750000001 +0000\ndata 3\nOne\nfrom refs/heads/${branch}^0\nM 100644 inline ${newest.replace(id, next)}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  execFileSync('git', ['fast-import', '--quiet'], { cwd: folder, input: stream });
}

/** Wall seconds, processor seconds with those of children, and the memory of the largest process. */
function time(command, args, input) {
  const script = `import resource, subprocess, sys, time
t = time.perf_counter()
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
s = time.perf_counter() - t
u = resource.getrusage(resource.RUSAGE_CHILDREN)
print(s, u.ru_utime + u.ru_stime, u.ru_maxrss)
sys.exit(status)`;
  const { status, stdout, stderr } = spawnSync('python3', ['-c', script, command, ...args], {
    cwd: folder,
    input,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`);
  const [seconds, processor, kilobytes] = stdout.trim().split(' ').map(Number);
  return { seconds, processor, kilobytes };
}

/** The best round: what the program needs, not what else the machine was doing. */
function best(measured, rounds = warmRounds) {
  const all = Array.from({ length: rounds }, measured);
  return all.reduce((a, b) => (b.seconds < a.seconds ? b : a));
}

function shown({ seconds, processor, kilobytes }) {
  return `${seconds.toFixed(2).padStart(6)} s, ${processor.toFixed(2)} s of processor, ${(kilobytes / 1024).toFixed(0)} MB`;
}

function packed() {
  const size = /size-pack: (.*)/.exec(git('count-objects', '-v', '-H'));
  return size[1];
}

function git(...args) {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
}
