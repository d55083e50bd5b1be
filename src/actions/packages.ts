import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Result } from '../base/index.ts';
import { failed, packageFile, success } from '../base/index.ts';
import type { ActionsFailure } from './failures.ts';
import { npmMissing, packagesFailed } from './failures.ts';

export interface InstalledPackages {
  /** Where they are, in the runner's tool cache. */
  readonly folder: string;
  /** They were there already. */
  readonly cached: boolean;
}

const files = ['package.json', 'package-lock.json'];

/**
 * The native packages that the bundle of the actions leaves out: from the lock file that is committed beside it, without
 * scripts of packages, into the tool cache. A link in the folder of the actions is what programs find them by. Several
 * jobs of one machine may do this at once: a folder appears whole, or not at all.
 *
 * @param which those of all actions, or those of a site, which has all of them and some more
 */
export async function installPackages(
  env: Readonly<Record<string, string | undefined>>,
  which: '.' | 'site' = '.',
): Promise<Result<InstalledPackages, ActionsFailure>> {
  const own = fileURLToPath(packageFile('./'));
  const digest = createHash('sha256').update(await readFile(join(own, which, 'package-lock.json')));
  const version = `${digest.digest('hex').slice(0, 16)}-${process.platform}-${process.arch}`;
  const cache = join(env['RUNNER_TOOL_CACHE'] ?? join(own, '.cache'), 'trainyard');
  const folder = join(cache, version);
  const cached = existsSync(folder);
  if (!cached) {
    const made = await install({ own, which, cache, folder, env });
    if (!made.ok) return made;
  }
  await link(join(folder, 'node_modules'), join(own, 'node_modules'));
  return success({ folder, cached });
}

interface Installation {
  /** Folder of the actions. */
  readonly own: string;
  readonly which: '.' | 'site';
  readonly cache: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

async function install({
  own,
  which,
  cache,
  folder,
  env,
}: Installation): Promise<Result<void, ActionsFailure>> {
  const npm = npmOf(env);
  if (npm === undefined) return failed(npmMissing());
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, 'draft-'));
  try {
    for (const name of files) await copyFile(join(own, which, name), join(draft, name));
    await copyFile(join(own, '.npmrc'), join(draft, '.npmrc'));
    const [command, ...args] = [...npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev'];
    await promisify(execFile)(command!, args, { cwd: draft, env, maxBuffer: 16 * 1024 * 1024 });
    await writeFile(join(draft, 'complete'), '');
    await rename(draft, folder);
  } catch (error) {
    // Another job of this machine was faster.
    if (existsSync(join(folder, 'complete'))) return success(undefined);
    const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
    const said = (stderr ?? '').trim().split('\n').slice(-3).join(' ') || message;
    return failed(packagesFailed(said.slice(0, 500)));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return success(undefined);
}

/** The npm that stands beside this Node, as on runners, else the one on the PATH. */
function npmOf(env: Readonly<Record<string, string | undefined>>): readonly string[] | undefined {
  const home = dirname(process.execPath);
  const beside = [
    join(home, '../lib/node_modules/npm/bin/npm-cli.js'),
    join(home, 'node_modules/npm/bin/npm-cli.js'),
  ].find((file) => existsSync(file));
  if (beside !== undefined) return [process.execPath, beside];
  const onPath = (env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => (process.platform === 'win32' ? [] : [join(folder, 'npm')]))
    .find((file) => existsSync(file));
  return onPath === undefined ? undefined : [onPath];
}

async function link(target: string, path: string): Promise<void> {
  const existing = await readlink(path).catch(() => undefined);
  if (existing === target) return;
  // A folder that is no link was installed by somebody who works on the actions themselves.
  if (existing === undefined && existsSync(path)) return;
  await rm(path, { force: true });
  await symlink(target, path, 'junction').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}
