import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');

/** A repository of Trainyard as others use it: committed files of workflows and actions, the bundle among them. */
export interface OwnRepository {
  /** Bare. */
  readonly folder: string;
  readonly commit: string;
}

/** Made of the sources as they are now; nothing but what is committed here can be found by who uses it. */
export function makeOwnRepository(at: string): OwnRepository {
  const [work, folder] = [join(at, 'trainyard'), join(at, 'trainyard.git')];
  mkdirSync(work, { recursive: true });
  for (const part of ['actions', '.github', 'LICENSE'])
    cpSync(join(root, part), join(work, part), { recursive: true });
  for (const left of ['dist', 'node_modules', '.cache'])
    rmSync(join(work, 'actions', left), { recursive: true, force: true });
  const bundle = ['scripts/bundle-actions.mjs', '--out', join(work, 'actions/dist')];
  execFileSync(process.execPath, bundle, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const git = (...args: string[]): string =>
    execFileSync(
      'git',
      ['-C', work, '-c', 'user.name=Trainyard', '-c', 'user.email=trainyard@example.org', ...args],
      {
        encoding: 'utf8',
      },
    ).trim();
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'Version 1.0.0');
  execFileSync('git', ['clone', '-q', '--bare', work, folder]);
  return { folder, commit: git('rev-parse', 'HEAD') };
}
