import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../../../..');

/** The command line in a project, as a person would call it; what it printed. */
export async function trainyard(project: string, ...args: readonly string[]): Promise<string> {
  const program = join(root, 'dist/bin/trainyard.js');
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], {
    cwd: project,
    env: { ...process.env, NO_COLOR: '1' },
    maxBuffer: 2 ** 26,
  });
  return stdout;
}

export async function git(project: string, ...args: readonly string[]): Promise<void> {
  await promisify(execFile)('git', args, { cwd: project });
}

/**
 * A repository of its own with real runs of the heart-disease pipeline: four settings of its parameters, a tag, a note with
 * markup in it, and versions, of which the first stands in production.
 */
export async function makeDemo(project: string): Promise<void> {
  await mkdir(project, { recursive: true });
  for (const path of ['pipelines', 'schemas'])
    await cp(join(root, path), join(project, path), { recursive: true });
  const settings = await readFile(join(root, 'trainyard.yaml'), 'utf8');
  await writeFile(
    join(project, 'trainyard.yaml'),
    settings.replace(/^site:\n( .*\n)*/m, 'site: { predictions: true, logs: true }\n'),
  );
  await git(project, 'init', '-q', '-b', 'main');
  await git(project, 'config', 'user.name', 'Ada Lovelace');
  await git(project, 'config', 'user.email', 'ada@example.org');
  await git(project, 'add', '-A');
  await git(project, 'commit', '-q', '-m', 'Predict heart disease');
  const pipeline = 'heart-disease';
  for (const [trees, seed] of [
    [20, 7],
    [60, 7],
    [60, 11],
    [200, 7],
  ] as const) {
    await trainyard(project, 'run', pipeline, '--param', `trees=${trees}`, '--param', `seed=${seed}`);
    if (trees !== 60) await trainyard(project, 'register', pipeline);
  }
  await trainyard(project, 'promote', `${pipeline}@v1.0.0`, '--to', 'production', '--why', 'the first one');
  await trainyard(project, 'runs', 'tag', 'latest', 'candidate');
  await trainyard(
    project,
    'runs',
    'note',
    'latest',
    'Look at <img src=x onerror=alert(1)> {{ 7 * 7 }} & the ward.',
  );
}
