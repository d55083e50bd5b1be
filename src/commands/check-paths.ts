import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { findPipeline, pipelineNames } from '../pipeline/index.ts';
import { pathUncheckable } from './init/failures.ts';

/** What a call of `check` is about. Paths are relative to the root of the project. */
export interface FilesToCheck {
  /** Pipeline files and `trainyard.yaml`. */
  readonly files: readonly string[];
  /** Named by themselves: those that pipelines name are read with these. */
  readonly contracts: readonly string[];
  /** Absolute; `all` of the project, whatever they are called. */
  readonly workflows: 'all' | readonly string[];
}

export function allFiles(root: string): FilesToCheck {
  const pipelines = pipelineNames(root).map((name) => `pipelines/${name}/pipeline.yaml`);
  const project = isFile(join(root, 'trainyard.yaml')) ? ['trainyard.yaml'] : [];
  return { files: [...project, ...pipelines], contracts: [], workflows: 'all' };
}

/** What the paths of a command line stand for: pipelines by name, files of each kind, or folders that hold such. */
export function filesOf(
  root: string,
  cwd: string,
  paths: readonly string[],
): Result<FilesToCheck, readonly Failure[]> {
  const files: string[] = [];
  const contracts: string[] = [];
  const workflows: string[] = [];
  const failures: Failure[] = [];
  const addFile = (path: string): boolean => {
    const inRoot = relative(root, path).replaceAll('\\', '/');
    if (/[/\\]\.github[/\\]workflows[/\\][^/\\]+\.ya?ml$/.test(path)) workflows.push(path);
    else if (isContract(path)) contracts.push(inRoot);
    else if (inRoot === 'trainyard.yaml' || (/\.ya?ml$/.test(path) && !path.endsWith('trainyard.yaml')))
      files.push(inRoot);
    else return false;
    return true;
  };
  for (const path of paths) {
    const here = resolve(cwd, path);
    if (isFile(here)) {
      if (!addFile(here)) failures.push(pathUncheckable(path, 'it is none of these'));
    } else if (/^[^/\\.]+$/.test(path) && findPipeline(root, path).ok) {
      const found = findPipeline(root, path);
      if (found.ok) files.push(found.value);
    } else if (isFolder(here)) {
      const project = relative(root, here) !== '' && isFile(join(here, 'trainyard.yaml'));
      const inside = checkable(here);
      if (project) failures.push(pathUncheckable(path, `it is a project: "trainyard -C ${path} check"`));
      else if (inside.filter(addFile).length === 0)
        failures.push(pathUncheckable(path, 'the folder holds none of these'));
    } else {
      const found = findPipeline(root, path);
      if (found.ok) files.push(found.value);
      else failures.push(found.failure);
    }
  }
  return failures.length > 0 ? failed(failures) : success({ files, contracts, workflows });
}

/** Files of known names below a folder; other projects are theirs to check. */
function checkable(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const isOther =
        /^(node_modules|\.git|\.trainyard)$/.test(entry.name) || isFile(join(path, 'trainyard.yaml'));
      return isOther ? [] : checkable(path);
    }
    const isKnown =
      /^(pipeline|trainyard)\.yaml$|\.odcs\.ya?ml$/.test(entry.name) ||
      /[/\\]\.github[/\\]workflows[/\\][^/\\]+\.ya?ml$/.test(path);
    return isKnown ? [path] : [];
  });
}

/** Folders below the root of a repository that hold a `trainyard.yaml`, but for one: a few levels down. */
export function otherFolders(repositoryRoot: string, root: string, depth = 3): readonly string[] {
  const look = (folder: string, left: number): readonly string[] => {
    const own = folder !== root && isFile(join(folder, 'trainyard.yaml')) ? [folder] : [];
    if (left === 0) return own;
    const below = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^(\..*|node_modules)$/.test(entry.name))
      .map(({ name }) => join(folder, name));
    return [...own, ...below.flatMap((each) => look(each, left - 1))];
  };
  return look(repositoryRoot, depth).map(
    (each) => relative(repositoryRoot, each).replaceAll('\\', '/') || '.',
  );
}

function isContract(path: string): boolean {
  if (/\.odcs\.ya?ml$/.test(path)) return true;
  return /\.ya?ml$/.test(path) && /^kind:\s*["']?DataContract\b/m.test(readFileSync(path, 'utf8'));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
