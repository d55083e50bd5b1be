import type { Result } from '../base/index.ts';
import { success } from '../base/index.ts';
import type { GitContext } from './context.ts';
import type { GitFailure } from './failures.ts';
import type { ObjectId } from './object-id.ts';
import { withLibrary } from './objects.ts';
import type { CommittedFile } from './repository.ts';

/** Everything in the tree of a commit, or what stands at some paths and below them; sorted by path. */
export async function filesOfCommit(
  context: GitContext,
  commit: ObjectId,
  paths: readonly string[],
): Promise<Result<readonly CommittedFile[], GitFailure>> {
  const output = await context.system.run([
    ...['--literal-pathspecs', 'ls-tree', '-r', '-z', '-l', '--full-tree', commit, '--'],
    ...paths,
  ]);
  const listed = output?.exitCode === 0 ? parseListing(output.stdout.toString('utf8')) : undefined;
  if (listed !== undefined) return success(byPath(listed));
  return await withLibrary(context, `The commit ${commit}`, async ({ git, where }) => {
    const files: CommittedFile[] = [];
    const collect = async (tree: ObjectId, prefix: string): Promise<void> => {
      for (const { path, mode, oid } of (await git.readTree({ ...where, oid: tree })).tree) {
        const at = `${prefix}${path}`;
        const below = paths.length === 0 || paths.some((each) => at === each || at.startsWith(`${each}/`));
        if (/^0?40000$/.test(mode)) {
          if (below || paths.some((each) => each.startsWith(`${at}/`))) await collect(oid, `${at}/`);
        } else if (below) files.push({ path: at, kind: kindOf(mode), id: oid });
      }
    };
    await collect(commit, '');
    return byPath(files);
  });
}

function parseListing(text: string): CommittedFile[] | undefined {
  const files: CommittedFile[] = [];
  for (const line of text.split('\0')) {
    if (line === '') continue;
    const entry = /^([0-7]{6}) (?:blob|commit) ([0-9a-f]{40}) +([0-9]+|-)\t(.*)$/s.exec(line);
    if (entry === null) return undefined;
    const [, mode, id, bytes, path] = entry as unknown as [string, string, string, string, string];
    files.push({ path, kind: kindOf(mode), id, ...(bytes === '-' ? {} : { bytes: Number(bytes) }) });
  }
  return files;
}

function kindOf(mode: string): CommittedFile['kind'] {
  switch (mode) {
    case '100755':
      return 'executable';
    case '120000':
      return 'link';
    case '160000':
      return 'submodule';
    default:
      return 'file';
  }
}

function byPath(files: CommittedFile[]): readonly CommittedFile[] {
  return files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
