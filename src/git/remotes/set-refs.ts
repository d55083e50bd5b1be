import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { GitContext } from '../context.ts';
import type { GitFailure } from '../failures.ts';
import { refLocked, refNameTaken } from '../failures.ts';
import { lockRef } from '../lock.ts';
import { packRefs, replaceRef } from '../ref-files.ts';
import { listRefNames } from '../refs.ts';
import type { FetchedPair } from './pairs.ts';

const patienceMs = 30_000;
const atOnce = 8;
/** Above so many, those that have no file of their own are packed: a file for each takes milliseconds. */
const many = 64;

/** Points refs of this repository at what was fetched, whatever they were. */
export async function setRefs(
  context: GitContext,
  pairs: readonly FetchedPair[],
): Promise<Result<void, GitFailure>> {
  const { commonFolder } = context.folders;
  const files = new Set(await listRefNames(context.folders, 'refs/'));
  const folders = new Set([...files].flatMap(foldersOf));
  for (const { to } of pairs) {
    const above = foldersOf(to).find((folder) => files.has(folder));
    const taken = above ?? (folders.has(to) ? `${to}/` : undefined);
    if (taken !== undefined) return failed(refNameTaken(to, taken));
    files.add(to);
    for (const folder of foldersOf(to)) folders.add(folder);
  }
  const queue = [...pairs];
  if (pairs.length > many) {
    const isFile = async ({ to }: FetchedPair): Promise<boolean> =>
      await stat(join(commonFolder, to)).then(
        (found) => found.isFile(),
        () => false,
      );
    const loose = await Promise.all(pairs.map(isFile));
    const packed = pairs.filter((_, i) => !loose[i]).map(({ ref, to }) => ({ name: to, id: ref.id }));
    if (!(await packRefs(context.folders, packed, patienceMs))) {
      return failed(refLocked('packed-refs', join(commonFolder, 'packed-refs.lock')));
    }
    queue.splice(0, queue.length, ...pairs.filter((_, i) => loose[i]));
  }
  const work = async (): Promise<GitFailure | undefined> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const file = join(commonFolder, next.to);
      await mkdir(dirname(file), { recursive: true });
      await using lock = await lockRef(`${file}.lock`, patienceMs);
      if (lock === undefined) return refLocked(next.to, `${file}.lock`);
      await replaceRef(file, next.ref.id);
    }
    return undefined;
  };
  const ends = await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, work));
  const failure = ends.find((end) => end !== undefined);
  return failure === undefined ? success(undefined) : failed(failure);
}

function foldersOf(ref: string): readonly string[] {
  const parts = ref.split('/');
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'));
}
