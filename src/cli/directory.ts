import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CommanderError } from 'commander';
import { folderMissing } from '../commands/index.ts';
import type { CommonOptions, Console } from './console.ts';

/** Ends the program when `-C` names no folder: a slip in a script must not look like success. */
export function checkDirectory(console: Console, { directory }: CommonOptions): void {
  if (directory === undefined) return;
  if (statSync(resolve(console.cwd, directory), { throwIfNoEntry: false })?.isDirectory() === true) return;
  const { code, message } = folderMissing(directory);
  console.err(`error[${code}]: ${message}\n`);
  throw new CommanderError(2, code, message);
}
