import { realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';

/** Whether a path of a tree or a record stays below the folder that it is laid out in, on every file system. */
export function isSafePath(path: string): boolean {
  return path.split('/').every((part) => {
    if (part === '' || part === '.' || part === '..' || /[\0\\]/.test(part)) return false;
    // What Git itself refuses: names that file systems take for `.git`.
    return !/^(\.git|git~[0-9]+)[. ]*(:.*)?$/i.test(
      part.replace(/[\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g, ''),
    );
  });
}

/** Where a path below a folder really is, links followed as far as there are any; `undefined` when that is outside. */
export async function insideOf(folder: string, path: string): Promise<string | undefined> {
  const real = await realpath(folder);
  const absolute = join(real, ...path.split('/'));
  for (let at = absolute; ; at = dirname(at)) {
    const found = await realpath(at).catch(() => undefined);
    if (found === undefined && at !== real && at.startsWith(real)) continue;
    return found !== undefined && (found === real || found.startsWith(real + sep)) ? absolute : undefined;
  }
}
