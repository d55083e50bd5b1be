// The site of 30,000 runs of four candidates each: its build, the build after one new run, and its page of runs in a real
// Chromium, against the limits that were set for them.
//
//     npm run bench -- site
//     BENCH_RECORDS=3000 npm run bench -- site
//     npm run bench -- site --slack=2     times may be twice as long, on a machine that does other things too
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { writeRecords } from '../records/repository.mjs';
import { measured } from './process-tree.mjs';
import { measurePage } from './runs-page.mjs';

const count = Number(process.env.BENCH_RECORDS ?? 30_000);
const { values } = parseArgs({ options: { slack: { type: 'string', default: '1' } } });
const slack = Number(values.slack);
const limits = {
  build: 60 * slack,
  megabytes: 1000,
  rebuild: 5 * slack,
  firstRows: 1500 * slack,
  filter: 100 * slack,
  scripts: 250_000,
};
const branch = 'trainyard/runs';
const main = fileURLToPath(new URL('../../dist/bin/trainyard.js', import.meta.url));
const sample = fileURLToPath(new URL('../records/record.json', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'trainyard-bench-site-'));
const project = join(folder, 'project');
const site = join(folder, 'site');

console.log(
  `machine: ${cpus().length} x ${cpus()[0].model}; Node ${process.version}; load ${loadavg()[0].toFixed(1)}`,
);
try {
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', project]);
  writeFileSync(join(project, 'trainyard.yaml'), 'version: 1\n');
  git('add', '.');
  git('-c', 'user.name=Bench', '-c', 'user.email=bench@example.org', 'commit', '--quiet', '-m', 'Start');
  const bytes = await writeRecords({ folder: project, branch, count, sample, oneModel: false });
  console.log(`${count} records, ${(bytes / count / 1000).toFixed(0)} kB each`);
  const first = await build();
  held('build of everything, seconds', first.seconds, limits.build);
  held('its memory with all that it starts, MB', first.megabytes, limits.megabytes);
  const same = await build();
  console.log(`build when nothing is new: ${same.seconds.toFixed(2)} s`);
  const added = [];
  for (let n = 0; n < 3; n++) {
    addRecord(n);
    added.push((await build()).seconds);
  }
  held('build after one new run, seconds', Math.min(...added), limits.rebuild);
  sizes();
  const page = await measurePage(site, { rounds: 5 });
  console.log(`Chromium ${page.version}`);
  if (page.complaints.length > 0) throw new Error(`The page complained: ${page.complaints.join('; ')}`);
  held('first rows painted, milliseconds', page.firstRows, limits.firstRows);
  console.log(`all ${count} rows read: ${page.allRead.toFixed(0)} ms`);
  if (page.filters.some((time) => time < 0)) throw new Error('A condition changed nothing in the table');
  const sorted = [...page.filters].sort((a, b) => a - b);
  console.log(`filters: ${page.filters.map((time) => time.toFixed(0)).join(', ')} ms`);
  held('a filter to its painted rows, milliseconds, the middle', sorted[sorted.length >> 1], limits.filter);
  held(
    `scripts of the page, ${page.scripts.files} files, bytes compressed`,
    page.scripts.bytes,
    limits.scripts,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function held(what, value, limit) {
  const isHeld = value < limit;
  console.log(
    `${what}: ${value < 100 ? value.toFixed(2) : Math.round(value)} (less than ${limit}${isHeld ? '' : ': BROKEN'})`,
  );
  if (!isHeld) process.exitCode = 1;
}

async function build() {
  return await measured(process.execPath, [main, 'site', 'build', '--out', site], {
    cwd: project,
    env: { ...process.env, NO_COLOR: '1' },
  });
}

/** Another record of the newest day, as a run would leave it. */
function addRecord(n) {
  const paths = git('ls-tree', '-r', '--name-only', branch).trimEnd().split('\n');
  const newest = paths.reduce((a, b) => (a.slice(-29) > b.slice(-29) ? a : b));
  const id = newest.slice(-29, -5);
  const next = `${id.slice(0, -4)}f${n.toString(16).padStart(3, '0')}`;
  const text = git('show', `${branch}:${newest}`).replaceAll(id, next);
  const stream = `commit refs/heads/${branch}\ncommitter Bench <bench@example.org> 1750000001 +0000\ndata 3\nOne\nfrom refs/heads/${branch}^0\nM 100644 inline ${newest.replace(id, next)}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  execFileSync('git', ['fast-import', '--quiet'], { cwd: project, input: stream });
}

function sizes() {
  const data = join(site, 'data');
  let [all, files] = [0, 0];
  for (const entry of readdirSync(data, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    files++;
    all += statSync(join(entry.parentPath, entry.name)).size;
  }
  const text = readFileSync(join(data, 'runs/index.json'));
  const { shards } = JSON.parse(text);
  const packed = (path) => gzipSync(readFileSync(join(data, path))).length;
  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
  const main = shards.map(({ file }) => packed(file));
  const intervals = shards.map(({ intervals }) => packed(intervals));
  console.log(`data: ${(all / 1e6).toFixed(0)} MB in ${files} files`);
  console.log(
    `compressed: manifest ${kilobytes(gzipSync(text).length)}, first shard ${kilobytes(main[0])} of ${shards[0].rows} rows, all ${shards.length} shards ${kilobytes(sum(main))}, their intervals ${kilobytes(sum(intervals))}`,
  );
}

function git(...args) {
  return execFileSync('git', args, { cwd: project, encoding: 'utf8', maxBuffer: 1 << 28 });
}
