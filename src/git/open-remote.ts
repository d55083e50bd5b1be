import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GitContext } from './context.ts';
import type { GitFailure } from './failures.ts';
import { gitIoFailed } from './failures.ts';
import { loadLibrary } from './library.ts';
import type { OpenOptions } from './open.ts';
import { contextOf, openContext } from './open.ts';
import type { Remote } from './remote.ts';
import { shownUrl } from './remotes/address.ts';
import { remoteNameInvalid } from './remotes/failures.ts';
import { remoteAt } from './remotes/remote-at.ts';
import type { Repository } from './repository.ts';

export interface OpenRemoteOptions extends OpenOptions {
  /** A folder for what was fetched, kept between calls: then only what is new is fetched. Each URL has its own in it. */
  readonly scratch: string;
}

export interface OpenedRemote {
  /** Bare; holds what was fetched, without files and without the past of commits. */
  readonly repository: Repository;
  readonly remote: Remote;
}

/**
 * A remote by its URL, without a clone. What is fetched of it are tags and the commits that they point to, not their
 * files or history (`--depth=1 --filter=tree:0`).
 */
export async function openRemote(
  url: string,
  options: OpenRemoteOptions,
): Promise<Result<OpenedRemote, GitFailure>> {
  if (!/^(https?|ssh|file|git):\/\/./i.test(url) && !/^[\w.-]+@[\w.-]+:./.test(url)) {
    return failed(remoteNameInvalid(shownUrl(url)));
  }
  // Each engine keeps a shallow repository in its own way.
  const name = createHash('sha256').update(url).digest('hex').slice(0, 32);
  const folder = join(options.scratch, `${name}-${options.engine ?? 'auto'}.git`);
  try {
    await mkdir(folder, { recursive: true });
    const folders = { gitFolder: folder, commonFolder: folder, workTree: undefined };
    if (!(await stat(join(folder, 'HEAD')).catch(() => undefined))?.isFile()) {
      const { git, where } = await loadLibrary(folders)();
      await git.init({ fs: where.fs, gitdir: folder, bare: true, defaultBranch: 'main' });
    }
    const context: GitContext = contextOf(folders, options);
    return success({
      repository: openContext(context),
      remote: remoteAt(context, { url, tipsOnly: true }),
    });
  } catch (error) {
    return failed(gitIoFailed(`make the scratch folder ${folder}`, error));
  }
}
