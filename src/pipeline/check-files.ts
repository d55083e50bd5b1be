import { readFile as readFileOfDisk } from 'node:fs/promises';
import path from 'node:path';
import type { Failure } from '../base/index.ts';
import { checkSite } from './check-site.ts';
import { inOrder } from './file-failures.ts';
import { loadPipeline } from './load.ts';
import { loadProject, projectFileName } from './load-project.ts';
import type { ReadFile } from './read-source.ts';

export interface CheckOptions {
  readonly root: string;
  /** Pipeline files and `trainyard.yaml`, absolute or relative to the root. */
  readonly files: readonly string[];
  readonly readFile?: ReadFile;
}

/** Every mistake in pipeline and project files and in the contracts that they name, by file, line and column. */
export async function checkFiles({
  root,
  files,
  readFile = readFileOfDisk,
}: CheckOptions): Promise<readonly Failure[]> {
  const found: Failure[] = [];
  for (const file of new Set(files)) {
    const isProject = path.basename(file) === projectFileName;
    const loaded = isProject
      ? await loadProject(root, readFile)
      : await loadPipeline({ root, file, readFile });
    if (!loaded.ok) found.push(...loaded.failure);
    else if (isProject) found.push(...(await checkSite(root, readFile)));
  }
  return inOrder(found);
}
