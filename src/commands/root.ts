import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The root of the repository that a folder is in: the nearest one upwards with a `trainyard.yaml`, else the nearest
 * with a `.git`, else the folder itself.
 */
export function findRoot(folder: string): string {
  return upwards(folder, 'trainyard.yaml') ?? upwards(folder, '.git') ?? folder;
}

function upwards(folder: string, name: string): string | undefined {
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(join(current, name))) return current;
    if (dirname(current) === current) return undefined;
  }
}
