import { stat } from 'node:fs/promises';
import type { SourceFile } from './sources.ts';

/** What a file looked like at a moment: when these are the same later, nobody has written to it. */
export interface FileStamp extends SourceFile {
  readonly bytes: number;
  readonly modified: bigint;
  readonly inode: bigint;
}

export async function stampFiles(files: readonly SourceFile[]): Promise<readonly FileStamp[]> {
  return Promise.all(
    files.map(async ({ path, absolute }) => {
      const facts = await stat(absolute, { bigint: true });
      return { path, absolute, bytes: Number(facts.size), modified: facts.mtimeNs, inode: facts.ino };
    }),
  );
}

export async function changedFiles(stamps: readonly FileStamp[]): Promise<readonly FileStamp[]> {
  const now = await stampFiles(stamps);
  return stamps.filter(
    (stamp, i) =>
      stamp.bytes !== now[i]!.bytes || stamp.modified !== now[i]!.modified || stamp.inode !== now[i]!.inode,
  );
}
