import { readFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed } from '../base/index.ts';
import type { Contract } from '../contract/index.ts';
import { contractUnreadable, readContract } from '../contract/index.ts';

/** Reads a contract's file; messages and records name it relative to the root. */
export async function loadContract(
  root: string,
  file: string,
): Promise<Result<Contract, readonly Failure[]>> {
  const shown = relative(root, file).split(sep).join('/');
  let content: Uint8Array;
  try {
    content = await readFile(file);
  } catch (cause) {
    return failed([contractUnreadable(shown, cause)]);
  }
  return readContract(shown, content);
}
