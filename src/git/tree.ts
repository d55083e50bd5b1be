import type { TreeEntry } from 'isomorphic-git';
import type { Result } from '../base/index.ts';
import { failed } from '../base/index.ts';
import type { GitContext } from './context.ts';
import type { GitFailure } from './failures.ts';
import { pathExists } from './failures.ts';
import type { Library } from './library.ts';
import type { ObjectId } from './object-id.ts';
import { withLibrary } from './objects.ts';
import type { NewFile } from './repository.ts';

interface TreeRequest {
  readonly branch: string;
  readonly parent: ObjectId | undefined;
  readonly files: readonly NewFile[];
  readonly onlyNew: boolean;
}

/** New files by their first path part: contents, or the folder's own. */
type Folder = Map<string, Folder | Uint8Array>;

/** Writes the tree of a commit with files added; only the folders on the way to them are read and written. */
export async function writeTree(
  context: GitContext,
  request: TreeRequest,
): Promise<Result<ObjectId, GitFailure>> {
  const root: Folder = new Map();
  for (const { path, bytes } of request.files) {
    const parts = path.split('/');
    const name = parts.pop()!;
    let at = root;
    for (const part of parts) {
      const inner = at.get(part) ?? new Map();
      if (!(inner instanceof Map)) return failed(pathExists(request.branch, path));
      at.set(part, inner);
      at = inner;
    }
    if (at.has(name)) return failed(pathExists(request.branch, path));
    at.set(name, bytes);
  }
  const clashes: string[] = [];
  const written = await withLibrary(context, `A folder of the branch ${request.branch}`, async (library) => {
    const tree = request.parent === undefined ? undefined : await rootTree(library, request.parent);
    return await writeFolder(library, tree, root, (path, isFolder) => {
      if (isFolder || request.onlyNew) clashes.push(path);
    });
  });
  if (!written.ok) return written;
  return clashes[0] === undefined ? written : failed(pathExists(request.branch, clashes[0]));
}

async function rootTree({ git, where }: Library, commit: ObjectId): Promise<ObjectId> {
  return (await git.readCommit({ ...where, oid: commit })).commit.tree;
}

async function writeFolder(
  library: Library,
  existing: ObjectId | undefined,
  folder: Folder,
  onClash: (path: string, isFolder: boolean) => void,
  prefix = '',
): Promise<ObjectId> {
  const { git, where } = library;
  const old = existing === undefined ? [] : (await git.readTree({ ...where, oid: existing })).tree;
  const entries = new Map<string, TreeEntry>(old.map((entry) => [entry.path, entry]));
  for (const [name, content] of folder) {
    const before = entries.get(name);
    const isFolder = content instanceof Map;
    if (before !== undefined && (!isFolder || before.type !== 'tree')) {
      onClash(`${prefix}${name}`, isFolder || before.type === 'tree');
    }
    if (isFolder) {
      const inner = before?.type === 'tree' ? before.oid : undefined;
      const oid = await writeFolder(library, inner, content, onClash, `${prefix}${name}/`);
      entries.set(name, { path: name, mode: '040000', type: 'tree', oid });
    } else {
      const oid = await git.writeBlob({ ...where, blob: content });
      entries.set(name, { path: name, mode: '100644', type: 'blob', oid });
    }
  }
  return await git.writeTree({ ...where, tree: [...entries.values()] });
}
