import { writeFile } from 'node:fs/promises';
import type { Json } from '../base/index.ts';
import { canonicalJson } from '../base/index.ts';

/** Writes a value as canonical JSON and a line end: equal values are equal bytes. */
export async function writeJson(path: string, value: object): Promise<void> {
  await writeFile(path, `${canonicalJson(value as Json)}\n`, { flag: 'wx' });
}
