import { randomUUID } from 'node:crypto';
import { link, lstat, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ExportFailure } from './failures.ts';
import { exportIoFailed, foreignFolder, outputExists } from './failures.ts';

/** In every folder that an export made: only those are replaced. */
export const markerFile = '.trainyard-export';

/** A hidden path beside another one, for what is not finished yet. */
export function besides(output: string, ending: string): string {
  return join(dirname(output), `.${basename(output)}.${randomUUID()}.${ending}`);
}

/** Whether something may be written there; said before the work begins. */
export async function checkOutput(
  output: string,
  force: boolean,
  isFolder: boolean,
): Promise<Result<void, ExportFailure>> {
  const found = await lstat(output).catch(() => undefined);
  if (found === undefined) return success(undefined);
  if (!force) return failed(outputExists(output));
  if (!found.isDirectory())
    return isFolder || !found.isFile() ? failed(outputExists(output)) : success(undefined);
  if (!isFolder) return failed(foreignFolder(output));
  const names = await readdir(output);
  return names.length === 0 || names.includes(markerFile)
    ? success(undefined)
    : failed(foreignFolder(output));
}

/** Gives a finished file its name. Without `force`, never in the place of another. */
export async function publishFile(
  temporary: string,
  output: string,
  force: boolean,
): Promise<Result<void, ExportFailure>> {
  try {
    const file = await open(temporary, 'r+');
    await file.sync().finally(() => file.close());
    if (force) await rename(temporary, output);
    else await linkOrRename(temporary, output);
    return success(undefined);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return failed(outputExists(output));
    return failed(exportIoFailed(output, cause));
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** A link never replaces; some file systems have none. */
async function linkOrRename(temporary: string, output: string): Promise<void> {
  try {
    await link(temporary, output);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'].includes(code) || (await exists(output))) throw cause;
    await rename(temporary, output);
  }
}

/** Gives a finished folder its name, in the place of an earlier export. */
export async function publishFolder(temporary: string, output: string): Promise<Result<void, ExportFailure>> {
  const old = besides(output, 'old');
  const replaced = await exists(output);
  try {
    if (replaced) await rename(output, old);
    try {
      await rename(temporary, output);
    } catch (cause) {
      if (replaced) await rename(old, output);
      throw cause;
    }
    await rm(old, { recursive: true, force: true });
    return success(undefined);
  } catch (cause) {
    return failed(exportIoFailed(output, cause));
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

export async function makeParent(output: string): Promise<void> {
  await mkdir(dirname(output), { recursive: true });
}
