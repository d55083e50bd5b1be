import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../dist/bin/trainyard.js', import.meta.url));
const pin = ['--pin', '0123456789abcdef0123456789abcdef01234567'];

describe('trainyard init', () => {
  let folder: string;
  const call = (...args: string[]) =>
    spawnSync(process.execPath, [program, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder },
    });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trainyard-init-cli-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('shows what it would write, writes it, and check agrees', () => {
    const dry = call('init', '--dry-run', ...pin);
    expect(dry.status).toBe(0);
    expect(dry.stdout).toContain('+ trainyard.yaml  would be created');
    expect(dry.stdout).toContain('    runs: { branch: trainyard/runs }');
    expect(dry.stdout.split('\n').length).toBeLessThan(90);
    expect(dry.stderr).toMatch(/^There is no Git repository here.*\nNothing was written\.\n$/);
    expect(readdirSync(folder)).toEqual([]);
    const made = call('init', '--json', ...pin);
    const { files, pipelines } = JSON.parse(made.stdout) as { files: object[]; pipelines: string[] };
    expect(pipelines).toEqual(['pump-failure']);
    expect(files).toContainEqual({ path: '.github/workflows/trainyard-main.yml', what: 'created' });
    const checked = call('check');
    expect(checked.status).toBe(0);
    expect(checked.stderr).toMatch(/files without a mistake: .*rows\.odcs\.yaml, .*trainyard-main\.yml/);
    expect(call('init', '--update', ...pin).stdout).toMatch(/^= .*up to date\n/);
  });

  it('says what is wrong with the command, and writes nothing', () => {
    const wrong = call('init', '--pin', 'v1');
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('commands-init-pin');
    expect(call('init', '--data', 'none.csv', ...pin).status).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  });
});
