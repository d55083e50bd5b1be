import { open } from 'node:fs/promises';
import type { NamedFile } from './csv-file.ts';

/** How a pointer begins, by the specification of Git LFS (docs/spec.md there); it has less than 1,024 bytes. */
const pointerStart = 'version https://git-lfs.github.com/spec/v';

/** Those of the files that are texts of Git LFS in place of the content, which nobody has fetched. */
export async function lfsPointersAmong(files: readonly NamedFile[]): Promise<readonly NamedFile[]> {
  const pointers: NamedFile[] = [];
  for (const file of files) if (await isLfsPointer(file.path)) pointers.push(file);
  return pointers;
}

/** A file that cannot be read is none: whoever opens it says why. */
async function isLfsPointer(path: string): Promise<boolean> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    if (size < pointerStart.length || size >= 1024) return false;
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(pointerStart.length),
      0,
      pointerStart.length,
      0,
    );
    return buffer.toString('latin1', 0, bytesRead) === pointerStart;
  } catch {
    return false;
  }
}
