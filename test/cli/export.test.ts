import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Repository } from '../rig/repository.ts';

const page = readFileSync(new URL('../../docs/export-and-reproduce.md', import.meta.url), 'utf8');
const commands = [...page.matchAll(/^trainyard (.*)$/gm)].map((match) => match[1]!.split(' '));

describe('runs export', () => {
  let repository: Repository;
  // One of the commands leaves a folder there.
  const temporary = mkdtempSync(join(tmpdir(), 'trainyard-export-'));

  beforeAll(async () => {
    repository = new Repository({ env: { TMPDIR: temporary } });
    repository.write('.gitignore', '.trainyard/\nexports/\n');
    repository.write(
      'pipelines/heart-disease/pipeline.yaml',
      `version: 1
name: heart-disease
params: { trees: 1 }
steps:
  count: { run: 'echo "{}" > "$TRAINYARD_OUT/metrics.json"', outs: { metrics: metrics.json } }
`,
    );
    repository.git('init', '--quiet', '--initial-branch=main');
    repository.commit('Start');
    for (const trees of [1, 2, 3]) {
      const run = await repository.trainyard('run', 'heart-disease', '--param', `trees=${trees}`);
      expect(run.code, run.stderr).toBe(0);
    }
  }, 60_000);
  afterAll(() => {
    repository[Symbol.dispose]();
    rmSync(temporary, { recursive: true, force: true });
  });

  it('runs every command that its page shows', async () => {
    expect(commands.length).toBeGreaterThan(5);
    for (const command of commands) {
      const done = await repository.trainyard(...command);
      expect(done.code, `${command.join(' ')}: ${done.stderr}`).toBe(0);
    }
    const outputs = readdirSync(join(repository.folder, 'exports')).sort();
    expect(outputs).toEqual(['dvc', 'mlruns', 'runs.csv', 'runs.parquet']);
    expect(repository.read('exports/dvc/params.yaml')).toBe('trees: 3\n');
  });

  it('V2: takes the newest, or those that are named, and says how many', async () => {
    const rows = async (name: string, ...args: string[]): Promise<string[]> => {
      const done = await repository.trainyard(
        'runs',
        'export',
        '--to',
        'csv',
        '--output',
        `exports/${name}`,
        ...args,
      );
      expect(done.code, done.stderr).toBe(0);
      const [head, ...lines] = repository.read(`exports/${name}`).trimEnd().split('\n');
      const column = head!.split(',').indexOf('params.trees');
      return lines.map((line) => line.split(',')[column]!);
    };
    expect(await rows('all.csv')).toEqual(['3', '2', '1']);
    expect(await rows('two.csv', '--limit', '2')).toEqual(['3', '2']);
    expect(await rows('where.csv', '--where', 'params.trees < 3', '--limit', '1')).toEqual(['2']);
    expect(await rows('named.csv', '--run', 'latest~2', '--run', 'latest')).toEqual(['1', '3']);
    const dry = await repository.trainyard(
      'runs',
      'export',
      '--to',
      'csv',
      '--output',
      'dry.csv',
      '--dry-run',
    );
    expect(dry.stdout).toMatch(/^Would write 3 runs to /);
    const again = await repository.trainyard('runs', 'export', '--to', 'csv', '--output', 'exports/all.csv');
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('runs-export-exists');
    const unknown = await repository.trainyard(
      'runs',
      'export',
      'other',
      '--to',
      'csv',
      '--output',
      'x.csv',
      '--json',
    );
    expect(unknown.code).toBe(2);
    expect(JSON.parse(unknown.stdout).failures[0].code).toBe('runs-export-nothing');
  });
});
