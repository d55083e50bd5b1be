import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { History } from './history.ts';
import { openHistory } from './history.ts';
import type { StatCache } from './stat-cache.ts';
import { openStatCache } from './stat-cache.ts';
import type { StepCache } from './step-cache.ts';
import { openStepCache } from './step-cache.ts';

/**
 * What a working copy remembers between runs, in its folder `.trainyard`. All of it can be deleted at any time: then
 * files are hashed and steps run again.
 */
export interface LocalState {
  /** Absolute. */
  readonly folder: string;
  readonly files: StatCache;
  readonly cache: StepCache;
  history(pipeline: string): History;
  historyFile(pipeline: string): string;
  lockFolder(pipeline: string): string;
  /** Folders of steps that run. */
  readonly workFolder: string;
  /** Where finished outputs are laid out for people. */
  readonly outFolder: string;
  /** Writes the `.gitignore` that keeps the folder out of commits. A folder that cannot be written to is told later. */
  keepOutOfGit(): Promise<void>;
}

export interface LocalStateOptions {
  /** Absolute path of the repository. */
  readonly root: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Default: `.trainyard` in the root. */
  readonly folder?: string;
}

export function openLocalState({
  root,
  now,
  folder = path.join(root, '.trainyard'),
}: LocalStateOptions): LocalState {
  const historyFile = (pipeline: string): string => path.join(folder, 'cache', 'last', `${pipeline}.jsonl`);
  return {
    folder,
    files: openStatCache({ file: path.join(folder, 'cache', 'files.bin'), root, now }),
    cache: openStepCache(path.join(folder, 'cache', 'steps')),
    history: (pipeline) => openHistory(historyFile(pipeline)),
    historyFile,
    lockFolder: (pipeline) => path.join(folder, 'lock', pipeline),
    workFolder: path.join(folder, 'work'),
    outFolder: path.join(folder, 'out'),
    keepOutOfGit: async () => {
      await mkdir(folder, { recursive: true }).catch(() => undefined);
      await writeFile(path.join(folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined);
    },
  };
}
