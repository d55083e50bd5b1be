import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SyntheticTable } from './synthetic.ts';

/** Puts a table into the folder `data/` of a site; what was there stays. */
export async function writeSynthetic(data: string, { manifest, files }: SyntheticTable): Promise<void> {
  await mkdir(join(data, 'runs'), { recursive: true });
  for (const [path, text] of files) await writeFile(join(data, path), text);
  await writeFile(join(data, 'runs/index.json'), JSON.stringify(manifest));
}
