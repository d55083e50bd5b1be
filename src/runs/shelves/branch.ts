import { success } from '../../base/index.ts';
import type { Repository } from '../../git/index.ts';
import type { Shelf } from '../shelf.ts';

/** Records as files of a branch that has nothing else in it. */
export function branchShelf(repository: Repository, branch: string): Shelf {
  return {
    place: { kind: 'branch', branch },
    list: async (folder) => {
      const files = await repository.listFiles(branch, folder);
      return files.ok ? success(files.value.map(({ path, blob }) => ({ path, key: blob }))) : files;
    },
    read: (files) => repository.readFiles(files.map(({ path, key }) => ({ path, blob: key }))),
    file: (path, version) => ({ path, key: version }),
    snapshot: async () => {
      const tip = await repository.tip(branch);
      return success({
        id: tip ?? 'none',
        list: async () => {
          if (tip === undefined) return success([]);
          const files = await repository.listFiles(tip, '');
          if (!files.ok) return files;
          return success(files.value.map(({ path, blob }) => ({ path, key: blob, version: blob })));
        },
      });
    },
    readEach: async (files, limitBytes, visit) => {
      const wanted = files.map(({ path, key }) => ({ path, blob: key }));
      return await repository.readEach(wanted, { limitBytes }, ({ path, blob }, seen) =>
        visit({ path, key: blob }, seen),
      );
    },
    write: async (path, text, note) => {
      const file = { path, bytes: Buffer.from(text) };
      const written = await repository.commitFiles(branch, [file], { ...note, onlyNew: true });
      return written.ok ? success({ kind: 'branch', branch, path, commit: written.value.commit }) : written;
    },
  };
}
