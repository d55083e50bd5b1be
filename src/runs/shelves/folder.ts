import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { failed, success } from '../../base/index.ts';
import { runsIoFailed } from '../failures.ts';
import type { Shelf, ShelfFile } from '../shelf.ts';

/** Records as files in `runs/` of a folder, for pipelines that are in no Git repository. */
export function folderShelf(folder: string): Shelf {
  return {
    place: { kind: 'folder', folder: join(folder, 'runs') },
    list: async (within) => {
      try {
        const entries = await readdir(join(folder, within), { recursive: true, withFileTypes: true });
        const paths = entries
          .filter((entry) => entry.isFile())
          .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
        return success(paths.sort().map((path) => ({ path, key: path })));
      } catch (error) {
        if (isCode(error, 'ENOENT')) return success([]);
        return failed(runsIoFailed(`read ${folder}`, error));
      }
    },
    read: async (files) => {
      try {
        return success(await Promise.all(files.map((file: ShelfFile) => readFile(join(folder, file.key)))));
      } catch (error) {
        return failed(runsIoFailed(`read ${folder}`, error));
      }
    },
    write: async (path, text) => {
      const target = join(folder, path);
      const temporary = join(dirname(target), `.${randomUUID()}.tmp`);
      try {
        await mkdir(dirname(target), { recursive: true });
        const file = await open(temporary, 'wx');
        await file
          .writeFile(text)
          .then(() => file.sync())
          .finally(() => file.close());
        // A link appears at once and never replaces: what is recorded is not changed.
        await link(temporary, target);
        return success({ kind: 'folder', path: target });
      } catch (error) {
        return failed(runsIoFailed(`write ${target}`, error));
      } finally {
        await rm(temporary, { force: true }).catch(() => undefined);
      }
    },
  };
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
