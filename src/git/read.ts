import type { Result } from '../base/index.ts';
import { success } from '../base/index.ts';
import type { GitContext } from './context.ts';
import type { GitFailure } from './failures.ts';
import type { ObjectId } from './object-id.ts';
import { readObjects, withLibrary } from './objects.ts';
import type { TreeFile } from './repository.ts';
import { branchTip } from './revisions.ts';

export async function listFiles(
  context: GitContext,
  branch: string,
  folder: string,
): Promise<Result<readonly TreeFile[], GitFailure>> {
  const commit = await branchTip(context.folders, branch);
  if (commit === undefined) return success([]);
  const path = folder.replace(/\/+$/, '');
  const scope = path === '' ? [] : ['--', `${path}/`];
  const output = await context.system.run(['ls-tree', '-r', '-z', '--full-tree', commit, ...scope]);
  if (output?.exitCode === 0) return success(byPath(parseListing(output.stdout.toString('utf8'))));
  return await withLibrary(context, `A folder of the branch ${branch}`, async ({ git, where }) => {
    const files: TreeFile[] = [];
    const collect = async (tree: ObjectId, prefix: string): Promise<void> => {
      const entries = (await git.readTree({ ...where, oid: tree })).tree;
      for (const entry of entries) {
        const at = `${prefix}${entry.path}`;
        const leads = path === '' || at === path || at.startsWith(`${path}/`) || path.startsWith(`${at}/`);
        if (entry.type === 'tree' && leads) await collect(entry.oid, `${at}/`);
        if (entry.type === 'blob' && (path === '' || at.startsWith(`${path}/`))) {
          files.push({ path: at, blob: entry.oid });
        }
      }
    };
    await collect(commit, '');
    return byPath(files);
  });
}

export async function readFiles(
  context: GitContext,
  files: readonly TreeFile[],
): Promise<Result<readonly Uint8Array[], GitFailure>> {
  const objects = await readObjects(
    context,
    files.map((file) => file.blob),
  );
  return objects.ok ? success(objects.value.map((object) => object.bytes)) : objects;
}

export async function readFile(
  context: GitContext,
  branch: string,
  path: string,
): Promise<Result<Uint8Array | undefined, GitFailure>> {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const files = await listFiles(context, branch, folder);
  if (!files.ok) return files;
  const file = files.value.find((each) => each.path === path);
  if (file === undefined) return success(undefined);
  const contents = await readFiles(context, [file]);
  return contents.ok ? success(contents.value[0]) : contents;
}

function parseListing(text: string): TreeFile[] {
  const files: TreeFile[] = [];
  for (const line of text.split('\0')) {
    const entry = /^[0-7]{6} blob ([0-9a-f]{40})\t(.*)$/s.exec(line);
    if (entry !== null) files.push({ path: entry[2]!, blob: entry[1]! });
  }
  return files;
}

function byPath(files: TreeFile[]): readonly TreeFile[] {
  return files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
