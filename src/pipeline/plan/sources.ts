import path from 'node:path';
import type { Digest, Failure } from '../../base/index.ts';
import type { DatasetSpec } from '../../data/index.ts';
import { resolveSources } from '../../data/index.ts';
import { depMissing, depUnreadable } from './failures.ts';
import type { Inputs } from './fingerprint.ts';
import { joinInputs } from './fingerprint.ts';
import { filesOfFolder, filesOfGlob, isGlob } from './glob.ts';
import type { Instance } from './instances.ts';
import type { FileDigest, StatCache } from './stat-cache.ts';

export interface DepSearch {
  readonly folder: string;
  readonly patterns: readonly string[];
  readonly files: StatCache;
  readonly instance: Instance;
  /** Mistakes are added here. */
  readonly failures: Failure[];
}

/** Contents of the files that a command declares: files, folders with all that is in them, and globs. */
export function depInputs({ folder, patterns, files, instance, failures }: DepSearch): Inputs {
  const inputs = joinInputs() as Record<string, { readonly digest: Digest }>;
  const take = (file: string, found: FileDigest, n: number): void => {
    if (found.kind === 'file') inputs[`file:${file}`] = { digest: found.digest };
    if (found.kind === 'unreadable')
      failures.push(depUnreadable(file, found.cause, instance.place('deps', n)));
    if (found.kind === 'missing') failures.push(depMissing(file, instance.place('deps', n)));
  };
  // Thousands of times: both parts are normal already.
  const add = (file: string, n: number): void => take(file, files.digest(`${folder}${path.sep}${file}`), n);
  patterns.forEach((written, n) => {
    const pattern = path.posix.normalize(written).replace(/(.)\/$/, '$1');
    // A file whose name is the pattern itself wins over what the pattern matches.
    const found = files.digest(path.join(folder, pattern));
    if (found.kind === 'folder') {
      for (const file of filesOfFolder(path.join(folder, pattern))) add(path.posix.join(pattern, file), n);
    } else if (found.kind === 'missing' && isGlob(pattern)) {
      const matching = filesOfGlob(folder, pattern);
      if (matching.length === 0) failures.push(depMissing(written, instance.place('deps', n)));
      for (const file of matching) add(file, n);
    } else {
      take(pattern, found, n);
    }
  });
  return inputs;
}

/** Contents of the files of a dataset. What cannot be found is left out: the step that reads it says so. */
export async function datasetInputs(root: string, dataset: DatasetSpec, files: StatCache): Promise<Inputs> {
  const inputs = joinInputs() as Record<string, { readonly digest: Digest }>;
  const sources = await resolveSources(root, dataset.path);
  for (const source of sources.ok ? sources.value : []) {
    const found = files.digest(source.absolute);
    if (found.kind === 'file') inputs[`file:${source.path}`] = { digest: found.digest };
  }
  return inputs;
}
