import { statSync } from 'node:fs';
import path from 'node:path';
import type { Digest, Failure } from '../../base/index.ts';
import type { DatasetSpec } from '../../data/index.ts';
import { depMissing, depUnreadable } from './failures.ts';
import type { Inputs } from './fingerprint.ts';
import { filesOfFolder, filesOfGlob, isGlob } from './glob.ts';
import type { Instance } from './instances.ts';
import type { StatCache } from './stat-cache.ts';

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
  const inputs: Record<string, { readonly digest: Digest }> = {};
  const add = (file: string, n: number): void => {
    const found = files.digest(path.join(folder, file));
    if (found.kind === 'file') inputs[`file:${file}`] = { digest: found.digest };
    if (found.kind === 'unreadable')
      failures.push(depUnreadable(file, found.cause, instance.place('deps', n)));
    if (found.kind === 'missing') failures.push(depMissing(file, instance.place('deps', n)));
  };
  patterns.forEach((written, n) => {
    const pattern = path.posix.normalize(written).replace(/(.)\/$/, '$1');
    const stats = statSync(path.join(folder, pattern), { throwIfNoEntry: false });
    // A file whose name is the pattern itself wins over what the pattern matches.
    if (stats?.isDirectory()) {
      for (const file of filesOfFolder(path.join(folder, pattern))) add(path.posix.join(pattern, file), n);
    } else if (stats !== undefined || !isGlob(pattern)) {
      add(pattern, n);
    } else {
      const found = filesOfGlob(folder, pattern);
      if (found.length === 0) failures.push(depMissing(written, instance.place('deps', n)));
      for (const file of found) add(file, n);
    }
  });
  return inputs;
}

/** Contents of the files of a dataset. What cannot be read is left out: the step that reads it says so. */
export function datasetInputs(root: string, dataset: DatasetSpec, files: StatCache): Inputs {
  const inputs: Record<string, { readonly digest: Digest }> = {};
  const pattern = path.relative(root, dataset.path).split(path.sep).join('/');
  for (const file of isGlob(pattern) ? filesOfGlob(root, pattern) : [pattern]) {
    const found = files.digest(path.join(root, file));
    if (found.kind === 'file') inputs[`file:${file}`] = { digest: found.digest };
  }
  return inputs;
}
