import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ReproductionFailure } from './failures.ts';
import { reproductionIoFailed } from './failures.ts';

/** A folder with everything that a reproduction reads and writes; `await using` removes it, unless it is kept. */
export interface ReproductionFolder extends AsyncDisposable {
  readonly path: string;
  /** The files of the commit. */
  readonly tree: string;
  readonly state: string;
  readonly store: string;
  keep(): void;
}

export async function openReproductionFolder(
  parent: string,
): Promise<Result<ReproductionFolder, ReproductionFailure>> {
  try {
    await mkdir(parent, { recursive: true });
    const path = await mkdtemp(join(await realpath(parent), 'trainyard-reproduce-'));
    const tree = join(path, 'tree');
    await mkdir(tree);
    let isKept = false;
    return success({
      path,
      tree,
      state: join(path, 'state'),
      store: join(path, 'store'),
      keep: () => {
        isKept = true;
      },
      [Symbol.asyncDispose]: async () => {
        if (!isKept)
          await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 30 }).catch(() => {});
      },
    });
  } catch (cause) {
    return failed(reproductionIoFailed(`make a folder in ${parent}`, cause));
  }
}

/** Where a project stands in its repository, with `/`; empty at the root. */
export async function projectPath(workTree: string | undefined, root: string): Promise<string> {
  if (workTree === undefined) return '';
  const path = relative(await realpath(workTree), await realpath(root));
  return path.startsWith('..') ? '' : path.split(sep).join('/');
}
