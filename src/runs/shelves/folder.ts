import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { digestOfBytes, failed, success } from '../../base/index.ts';
import { runsIoFailed } from '../failures.ts';
import type { Shelf, ShelfFile, SnapshotFile } from '../shelf.ts';

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
    file: (path) => ({ path, key: path }),
    snapshot: async () => {
      try {
        const files = await filesWithVersions(folder);
        const id = digestOfBytes(files.map(({ path, version }) => `${path}\0${version}\0`).join(''));
        return success({ id, list: async () => success(files) });
      } catch (error) {
        return failed(runsIoFailed(`read ${folder}`, error));
      }
    },
    readEach: async (files, limitBytes, visit) => {
      for (const file of files) {
        try {
          const bytes = await readFile(join(folder, file.key));
          visit(file, bytes.length > limitBytes ? { kind: 'too-large' } : { kind: 'read', bytes });
        } catch (error) {
          if (!isCode(error, 'ENOENT')) return failed(runsIoFailed(`read ${folder}`, error));
          visit(file, { kind: 'missing' });
        }
      }
      return success(undefined);
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

/** What tops of the shelf there are; everything else in the folder is not of records. */
const tops = ['runs', 'archive', 'notes'];

async function filesWithVersions(folder: string): Promise<readonly SnapshotFile[]> {
  const files: SnapshotFile[] = [];
  for (const top of tops) {
    const entries = await readdir(join(folder, top), { recursive: true, withFileTypes: true }).catch(
      (error: unknown) => {
        if (isCode(error, 'ENOENT')) return [];
        throw error;
      },
    );
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      const stats = await stat(file).catch(() => undefined);
      if (stats === undefined) continue;
      const path = relative(folder, file).replaceAll('\\', '/');
      files.push({ path, key: path, version: `${stats.size}-${stats.mtimeMs}-${stats.ino}` });
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
