import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GitFailure } from './failures.ts';
import { objectFormatUnsupported, refFormatUnsupported, repositoryBroken } from './failures.ts';

export interface RepositoryFolders {
  readonly gitFolder: string;
  readonly commonFolder: string;
  readonly workTree: string | undefined;
}

/**
 * Looks for a repository from a folder upwards, as Git does: a `.git` folder; a `.git` file of a work tree or
 * submodule that names one; or a folder that is itself a (bare) repository.
 */
export async function discover(folder: string): Promise<Result<RepositoryFolders | undefined, GitFailure>> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const found = await repositoryAt(at);
    if (!found.ok || found.value !== undefined) return found;
    if (dirname(at) === at) return success(undefined);
  }
}

async function repositoryAt(folder: string): Promise<Result<RepositoryFolders | undefined, GitFailure>> {
  const dotGit = join(folder, '.git');
  const found = await stat(dotGit).catch(() => undefined);
  if (found?.isFile()) {
    const link = /^gitdir: (.+?)\s*$/.exec(await readFile(dotGit, 'utf8'));
    if (link === null) return failed(repositoryBroken(dotGit, 'it does not say "gitdir: <folder>"'));
    const target = resolve(folder, link[1]!);
    if (!(await looksLikeGit(target))) return failed(repositoryBroken(dotGit, `${target} is no repository`));
    return await withCommonFolder(target, folder);
  }
  if (found?.isDirectory() && (await looksLikeGit(dotGit))) return await withCommonFolder(dotGit, folder);
  if (!(await looksLikeGit(folder))) return success(undefined);
  const bare = settings(await readFile(join(folder, 'config'), 'utf8').catch(() => '')).get('core.bare');
  return await withCommonFolder(folder, bare === 'false' ? dirname(folder) : undefined);
}

async function looksLikeGit(folder: string): Promise<boolean> {
  if (!(await exists(join(folder, 'HEAD')))) return false;
  if (await exists(join(folder, 'commondir'))) return true;
  return (await exists(join(folder, 'objects'))) && (await exists(join(folder, 'refs')));
}

async function withCommonFolder(
  gitFolder: string,
  workTree: string | undefined,
): Promise<Result<RepositoryFolders, GitFailure>> {
  const pointer = await readFile(join(gitFolder, 'commondir'), 'utf8').catch(() => undefined);
  const commonFolder = pointer === undefined ? gitFolder : resolve(gitFolder, pointer.trim());
  if (!(await exists(join(commonFolder, 'objects')))) {
    return failed(repositoryBroken(gitFolder, `${commonFolder} has no objects`));
  }
  const config = settings(await readFile(join(commonFolder, 'config'), 'utf8').catch(() => ''));
  const objects = config.get('extensions.objectformat') ?? 'sha1';
  if (objects !== 'sha1') return failed(objectFormatUnsupported(objects));
  const refs = config.get('extensions.refstorage') ?? 'files';
  if (refs !== 'files') return failed(refFormatUnsupported(refs));
  return success({ gitFolder, commonFolder, workTree });
}

/** The plain `key = value` lines of a Git configuration, by `section.key` in lower case; enough for `core` and `extensions`. */
function settings(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let section = '';
  for (const line of text.split('\n')) {
    const header = /^\s*\[\s*([\w.-]+)\s*\]/.exec(line);
    if (header !== null) section = header[1]!.toLowerCase();
    else if (/^\s*\[/.test(line)) section = '';
    const entry = /^\s*([A-Za-z][\w-]*)\s*=\s*"?([^"#;]*?)"?\s*(?:[#;].*)?$/.exec(line);
    if (entry !== null && section !== '')
      values.set(`${section}.${entry[1]!.toLowerCase()}`, entry[2]!.toLowerCase());
  }
  return values;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
