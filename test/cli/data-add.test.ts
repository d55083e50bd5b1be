import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../dist/bin/trainyard.js', import.meta.url));
const header = 'pump,site,age_days,vibration,temperature,pressure,failed';

it('T3: trainyard data add judges rows as those of an event are, and writes them into the work tree', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-data-add-'));
  const call = (...args: string[]) =>
    spawnSync(process.execPath, [program, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder },
    });
  try {
    expect(call('init', '--no-workflows').status).toBe(0);
    const data = join(folder, 'pipelines/pump-failure/data/pumps.csv');
    const before = readFileSync(data, 'utf8');
    const known = before.split('\n')[1]!;
    writeFileSync(join(folder, 'new.csv'), `${header}\nP901,coast,900,2.5,58.1,6.2,1\n${known}\n`);
    const add = (...args: string[]) => call('data', 'add', 'pump-failure', 'rows', ...args);
    const dry = add('new.csv', '--dry-run');
    expect([dry.status, dry.stdout]).toEqual([0, '1 row taken, 1 there already; rows has 401 rows\n']);
    expect(readFileSync(data, 'utf8')).toBe(before);
    const path = 'pipelines/pump-failure/data/pumps.csv';
    const added = add('new.csv', '--json');
    expect(JSON.parse(added.stdout)).toEqual({ taken: 1, skipped: 1, total: 401, path });
    expect(readFileSync(data, 'utf8')).toBe(`${before}P901,coast,900,2.5,58.1,6.2,1\n`);
    expect(add('new.csv').stderr).toBe('There is nothing to write.\n');
    writeFileSync(join(folder, 'bad.ndjson'), '{"pump":"P902","site":"moon"}\n');
    const bad = add('bad.ndjson');
    expect([bad.status, bad.stdout]).toEqual([1, '']);
    expect(bad.stderr).toContain('data-addition-refused');
    expect(add('none.csv').stderr).toContain('there is no file none.csv');
    truncateSync(join(folder, 'new.csv'), 31 * 2 ** 20);
    const large = add('new.csv');
    expect([large.status, large.stderr]).toEqual([2, expect.stringContaining('commands-data-large')]);
    expect([add('none.csv').status, add('program.py').status]).toEqual([2, 2]);
    expect(call('data', 'add', 'pump-failure', 'row', 'new.csv').stderr).toContain('did you mean `rows`?');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
