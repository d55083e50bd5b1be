import type { TreeEntry } from 'isomorphic-git';
import type { Result } from '../base/index.ts';
import { failed } from '../base/index.ts';
import type { GitContext } from './context.ts';
import type { GitFailure } from './failures.ts';
import { pathExists } from './failures.ts';
import type { Library } from './library.ts';
import type { ObjectId } from './object-id.ts';
import { withLibrary } from './objects.ts';
import type { NewFile, TreeFile } from './repository.ts';

interface TreeRequest {
  readonly branch: string;
  readonly parent: ObjectId | undefined;
  readonly files: readonly (NewFile | TreeFile)[];
  /** Paths of files; those that are not there are gone already. */
  readonly remove?: readonly string[];
  readonly onlyNew: boolean;
}

/** Changes by their first path part: contents, an object that is there already, `gone`, or the folder's own. */
type Folder = Map<string, Folder | Content>;
type Content = Uint8Array | { readonly blob: ObjectId } | typeof gone;
const gone = Symbol('gone');

/** Writes the tree of a commit with files added and removed; only the folders on the way to them are read and written. */
export async function writeTree(
  context: GitContext,
  request: TreeRequest,
): Promise<Result<ObjectId, GitFailure>> {
  const root: Folder = new Map();
  const changes: (readonly [string, Content])[] = [
    ...request.files.map((file) => [file.path, 'bytes' in file ? file.bytes : { blob: file.blob }] as const),
    ...(request.remove ?? []).map((path) => [path, gone] as const),
  ];
  for (const [path, content] of changes) {
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
    at.set(name, content);
  }
  const clashes: string[] = [];
  const result = await withLibrary(context, `A folder of the branch ${request.branch}`, async (library) => {
    const tree = request.parent === undefined ? undefined : await rootTree(library, request.parent);
    const { git, where } = library;
    const written = await writeFolder(library, tree, root, (path, isFolder) => {
      if (isFolder || request.onlyNew) clashes.push(path);
    });
    return written ?? (await git.writeTree({ ...where, tree: [] }));
  });
  if (!result.ok) return result;
  return clashes[0] === undefined ? result : failed(pathExists(request.branch, clashes[0]));
}

async function rootTree({ git, where }: Library, commit: ObjectId): Promise<ObjectId> {
  return (await git.readCommit({ ...where, oid: commit })).commit.tree;
}

/** The new folder; `undefined` when nothing is left in it. */
async function writeFolder(
  library: Library,
  existing: ObjectId | undefined,
  folder: Folder,
  onClash: (path: string, isFolder: boolean) => void,
  prefix = '',
): Promise<ObjectId | undefined> {
  const { git, where } = library;
  const old = existing === undefined ? [] : (await git.readTree({ ...where, oid: existing })).tree;
  const entries = new Map<string, TreeEntry>(old.map((entry) => [entry.path, entry]));
  for (const [name, content] of folder) {
    const before = entries.get(name);
    if (content === gone) {
      if (before?.type === 'tree') onClash(`${prefix}${name}`, true);
      else entries.delete(name);
      continue;
    }
    const isFolder = content instanceof Map;
    if (isFolder && before !== undefined && before.type !== 'tree' && onlyRemoves(content)) continue;
    if (before !== undefined && (!isFolder || before.type !== 'tree')) {
      onClash(`${prefix}${name}`, isFolder || before.type === 'tree');
    }
    if (isFolder) {
      const inner = before?.type === 'tree' ? before.oid : undefined;
      const oid = await writeFolder(library, inner, content, onClash, `${prefix}${name}/`);
      if (oid === undefined) entries.delete(name);
      else entries.set(name, { path: name, mode: '040000', type: 'tree', oid });
    } else {
      const oid = 'blob' in content ? content.blob : await git.writeBlob({ ...where, blob: content });
      entries.set(name, { path: name, mode: '100644', type: 'blob', oid });
    }
  }
  return entries.size === 0 ? undefined : await git.writeTree({ ...where, tree: [...entries.values()] });
}

function onlyRemoves(folder: Folder): boolean {
  return [...folder.values()].every((each) => each === gone || (each instanceof Map && onlyRemoves(each)));
}
