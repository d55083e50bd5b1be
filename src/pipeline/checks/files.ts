import type { Dirent } from 'node:fs';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { nearest } from '../../base/index.ts';
import type { FileFailure } from '../file-failures.ts';
import { mistake } from '../file-failures.ts';
import { filesOfGlob, isGlob } from '../plan/glob.ts';
import { relativePath } from '../read-source.ts';
import { shown } from '../shape-words.ts';
import type { Check, Checking, Placed } from './checking.ts';
import { members, steps, textsAt } from './checking.ts';

/** Files that commands read and are not there, and files that they may not write. */
export const checkFilesOfSteps: Check = (checking) => {
  const folders = new FolderNames();
  const deps = steps(checking).flatMap(([name, step]) => textsAt(step.deps, ['steps', name, 'deps']));
  return [...deps.flatMap((dep) => checkDep(checking, dep, folders)), ...checkOuts(checking)];
};

function checkDep(
  { places, folder, root }: Checking,
  { value, path: at }: Placed<string>,
  folders: FolderNames,
): readonly FileFailure[] {
  if (value.includes('${{')) return [];
  const isPlain = /^(?!\.)[\w.-]+(?:\/(?!\.)[\w.-]+)*$/.test(value);
  const absolute = isPlain ? `${folder}/${value}` : path.join(folder, value);
  if (isPlain && folders.has(absolute)) return [];
  const place = places.place(at);
  if (value.trim() === '') return [mistake('pipeline-value-empty', 'the path is an empty text', place)];
  const remedy = `paths start at ${shown(relativePath(root, folder))}, the folder of the pipeline file`;
  if (path.isAbsolute(value) || value.includes('\\') || outside(root, absolute)) {
    const why = value.includes('\\')
      ? 'has a `\\`: paths are written with `/`'
      : 'is outside of the repository';
    return [mistake('pipeline-dep-outside', `${shown(value)} ${why}`, place, remedy)];
  }
  if (folders.has(absolute)) return [];
  const pattern = path.posix.normalize(value);
  if (isGlob(pattern)) {
    if (filesOfGlob(folder, pattern).length > 0) return [];
    return [mistake('pipeline-dep-missing', `no file matches ${shown(value)}`, place, remedy)];
  }
  const meant = folders.nearest(absolute);
  const better =
    meant === undefined ? remedy : `did you mean \`${path.posix.join(path.posix.dirname(value), meant)}\`?`;
  return [mistake('pipeline-dep-missing', `there is no file ${shown(value)}`, place, better)];
}

function outside(root: string, absolute: string): boolean {
  return absolute !== root && !absolute.startsWith(root.endsWith(path.sep) ? root : root + path.sep);
}

/** The names in folders, each read once: thousands of files in a few folders cost a few calls. */
class FolderNames {
  readonly #folders = new Map<string, ReadonlyMap<string, Dirent>>();

  has(file: string): boolean {
    const plain = file.endsWith('/') ? file.slice(0, -1) : file;
    const cut = plain.lastIndexOf('/');
    const entry = this.#names(plain.slice(0, cut)).get(plain.slice(cut + 1));
    if (entry === undefined) return false;
    // A link can lead nowhere, and its name is there all the same.
    return !entry.isSymbolicLink() || statSync(plain, { throwIfNoEntry: false }) !== undefined;
  }

  nearest(file: string): string | undefined {
    return nearest(path.basename(file), this.#names(path.dirname(file)).keys());
  }

  #names(folder: string): ReadonlyMap<string, Dirent> {
    let names = this.#folders.get(folder);
    if (names === undefined) {
      names = new Map(entriesOf(folder).map((entry) => [entry.name, entry]));
      this.#folders.set(folder, names);
    }
    return names;
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder === '' ? '/' : folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

interface Out extends Placed<string> {
  readonly step: string;
  readonly name: string;
}

function checkOuts(checking: Checking): readonly FileFailure[] {
  const outs = steps(checking).flatMap(([step, draft]) =>
    members(draft.outs).map(
      ([name, value]): Out => ({ step, name, value, path: ['steps', step, 'outs', name] }),
    ),
  );
  const good: Out[] = [];
  const failures: FileFailure[] = [];
  for (const out of outs) {
    const failure = outForm(checking, out);
    if (failure === undefined) good.push(out);
    else failures.push(failure);
  }
  return [...failures, ...sharedOuts(checking, good)];
}

function outForm({ places }: Checking, { value, path: at }: Out): FileFailure | undefined {
  if (value.includes('${{')) return undefined;
  const place = places.place(at);
  if (value.trim() === '') return mistake('pipeline-value-empty', 'the path is an empty text', place);
  const remedy = 'write a path relative to `$TRAINYARD_OUT`, such as `model.onnx`';
  if (value.includes('\\'))
    return mistake(
      'pipeline-out-outside',
      `${shown(value)} has a \`\\\`: paths are written with \`/\``,
      place,
      remedy,
    );
  const normal = path.posix.normalize(value);
  if (
    path.posix.isAbsolute(value) ||
    /^[A-Za-z]:/.test(value) ||
    value.startsWith('~') ||
    normal === '..' ||
    normal.startsWith('../')
  ) {
    return mistake(
      'pipeline-out-outside',
      `${shown(value)} is outside of the folder for outputs`,
      place,
      remedy,
    );
  }
  if (normal === '.' || value.endsWith('/'))
    return mistake(
      'pipeline-out-outside',
      `${shown(value)} is a folder, and an output is a file`,
      place,
      remedy,
    );
  return isGlob(value) && /[*?]/.test(value)
    ? mistake(
        'pipeline-out-outside',
        `${shown(value)} is a pattern, and an output is one file`,
        place,
        remedy,
      )
    : undefined;
}

/** Two outputs with one path, or one inside of the other. File systems may not tell upper from lower case. */
function sharedOuts({ places }: Checking, outs: readonly Out[]): readonly FileFailure[] {
  const taken = new Map<string, Out>();
  const folders = new Map<string, Out>();
  const failures: FileFailure[] = [];
  for (const out of outs) {
    const normal = path.posix.normalize(out.value).toLowerCase();
    const parents = parentsOf(normal);
    const other =
      taken.get(normal) ??
      folders.get(normal) ??
      parents.map((parent) => taken.get(parent)).find((one) => one !== undefined);
    if (other !== undefined)
      failures.push(shared(out, other, places.place(out.path), places.place(other.path).line));
    if (!taken.has(normal)) taken.set(normal, out);
    for (const parent of parents) if (!folders.has(parent)) folders.set(parent, out);
  }
  return failures;
}

function shared(out: Out, other: Out, place: FileFailure['place'], line: number | undefined): FileFailure {
  const same = path.posix.normalize(out.value) === path.posix.normalize(other.value);
  const who =
    out.step === other.step
      ? `the outputs ${shown(other.name)} and ${shown(out.name)}`
      : `${shown(other.step)} (line ${line}) and ${shown(out.step)}`;
  const message = same
    ? `${who} both write ${shown(out.value)}`
    : `${who} get in each other's way with ${shown(other.value)} and ${shown(out.value)}`;
  const file = path.posix.basename(out.value);
  const better = out.step === other.step ? `${out.name}${path.posix.extname(file)}` : `${out.step}/${file}`;
  return mistake('pipeline-out-shared', message, place, `give each its own path: \`${better}\``);
}

function parentsOf(file: string): readonly string[] {
  const parts = file.split('/');
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'));
}
