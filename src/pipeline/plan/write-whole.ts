import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

let count = 0;

/** Writes a file that others see complete or not at all, and makes its folder when it is missing. */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  // Steps that are the same write the same file at the same time.
  const draft = `${file}.${process.pid}-${count++}.tmp`;
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await writeFile(draft, content);
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Writes what only saves time: when it cannot be written, everything is as right and only slower. */
export async function writeIfPossible(file: string, content: string | Uint8Array): Promise<void> {
  await writeWhole(file, content).catch(() => undefined);
}
