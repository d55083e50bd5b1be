import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import process from 'node:process';
import type { ActionRunner, Machine } from '../actions/rig.ts';
import { actionsOn } from '../actions/rig.ts';

const root = resolve(import.meta.dirname, '../..');

/** A machine that has Node 24, npm, Git, and of Trainyard what a commit holds: no folder of anybody's work, no packages. */
export interface CommittedFiles extends Disposable {
  /** The files of the commit. */
  readonly files: string;
  readonly tools: string;
  /** A repository of the same files, for actions to work on. */
  readonly workspace: string;
  readonly run: ActionRunner['run'];
  /** The environment of a program on it. */
  readonly env: Readonly<Record<string, string>>;
}

/** Commits the sources as they are now with a fresh bundle, and takes the commit out into an empty folder. */
export function takeCommittedFiles(): CommittedFiles {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-committed-'));
  const [repository, files, tools, workspace, home] = [
    'repository',
    'files',
    'tools',
    'workspace',
    'home',
  ].map((name) => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  }) as [string, string, string, string, string];
  const tracked = execFileSync('git', ['ls-files', '-z', ':!actions/dist'], { cwd: root, encoding: 'utf8' });
  for (const path of tracked.split('\0').filter((name) => name !== ''))
    cpSync(join(root, path), join(repository, path));
  const bundle = ['scripts/bundle-actions.mjs', '--out', join(repository, 'actions/dist')];
  execFileSync(process.execPath, bundle, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  commitAll(repository);
  const archive = join(folder, 'commit.tar');
  execFileSync('git', ['archive', '--output', archive, 'HEAD'], { cwd: repository });
  execFileSync('tar', ['--extract', '--file', archive, '--directory', files]);
  cpSync(files, workspace, { recursive: true });
  commitAll(workspace);
  const node = node24();
  const path = [dirname(node), ...wayToNpm(), '/usr/bin', '/bin'].join(delimiter);
  const env = { HOME: home, ...settingsOfNpm() };
  const machine: Machine = { actions: join(files, 'actions'), tools, folder: home, node, path, env };
  return {
    ...{ files, tools, workspace, env: { PATH: path, ...env }, run: actionsOn(machine) },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

function commitAll(folder: string): void {
  const person = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
  const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: folder });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git(...person, 'commit', '--quiet', '--message=Begin');
}

/** That GitHub starts actions with; scripts/test-workflows.sh has fetched it. */
function node24(): string {
  const { TRAINYARD_NODE24: node } = process.env;
  if (node === undefined) throw new Error('start these tests with scripts/test-workflows.sh');
  return node;
}

/** Folder of npm: it is not in the package of Node 24. */
function wayToNpm(): readonly string[] {
  return [dirname(execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim())];
}

/** How this machine reaches npm, and nothing else of its settings. */
function settingsOfNpm(): Readonly<Record<string, string>> {
  const names = ['registry', 'cafile', 'https-proxy'];
  const values = names.map((name) => {
    const value = execFileSync('npm', ['config', 'get', name], { encoding: 'utf8', cwd: tmpdir() }).trim();
    return [`npm_config_${name.replaceAll('-', '_')}`, value] as const;
  });
  return Object.fromEntries(values.filter(([, value]) => value !== 'null' && value !== 'undefined'));
}
