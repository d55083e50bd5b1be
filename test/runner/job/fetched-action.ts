import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { shaOf } from '../git.ts';
import type { Yard } from '../run/state.ts';

const execute = promisify(execFile);

/** The whole repository of an action at a ref, unpacked as the runner does: committed files, no history. */
export async function fetchedAction(
  yard: Yard,
  repository: string,
  ref: string,
): Promise<{ readonly folder: string; readonly sha: string }> {
  const mapped = yard.settings.actionFolders[repository];
  if (mapped !== undefined) return { folder: mapped, sha: (await shaOf(mapped, 'HEAD')) ?? ref };
  const git = yard.forge.gitFolder(repository);
  const sha = git === undefined ? undefined : await shaOf(git, ref);
  if (git === undefined || sha === undefined) {
    throw new Error(`Unable to resolve action \`${repository}@${ref}\`, unable to find version \`${ref}\``);
  }
  const folder = join(yard.settings.folder, 'actions', repository.replace('/', '_'), sha);
  if (!existsSync(folder)) {
    const draft = `${folder}.${yard.nextId()}`;
    mkdirSync(draft, { recursive: true });
    const archive = `${draft}.tar`;
    await execute('git', [
      '-C',
      git,
      '-c',
      'safe.directory=*',
      'archive',
      '--format=tar',
      '-o',
      archive,
      sha,
    ]);
    await execute('tar', ['-xf', archive, '-C', draft]);
    if (!existsSync(folder)) renameSync(draft, folder);
  }
  return { folder, sha };
}
