import { statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { checkFiles, findPipeline, pipelineNames } from '../pipeline/index.ts';
import type { Effects } from './effects.ts';
import { nothingToCheck } from './failures.ts';
import { findRoot } from './root.ts';

export interface CheckOptions {
  /** Pipelines by name, files or folders; none for all of the project. */
  readonly paths: readonly string[];
}

export interface CheckReport {
  readonly root: string;
  /** Relative to the root. */
  readonly files: readonly string[];
  readonly mistakes: readonly Failure[];
}

/** Reads pipeline and project files, and the contracts they name; gives every mistake. */
export async function check(
  options: CheckOptions,
  effects: Pick<Effects, 'cwd'>,
): Promise<Result<CheckReport, readonly Failure[]>> {
  const root = findRoot(effects.cwd);
  const files = options.paths.length === 0 ? allFiles(root) : filesOf(root, effects.cwd, options.paths);
  if (!files.ok) return files;
  if (files.value.length === 0) return failed([nothingToCheck(root)]);
  const mistakes = await checkFiles({ root, files: files.value });
  return success({ root, files: files.value, mistakes });
}

function allFiles(root: string): Result<readonly string[], readonly Failure[]> {
  const pipelines = pipelineNames(root).map((name) => `pipelines/${name}/pipeline.yaml`);
  const project = isFile(join(root, 'trainyard.yaml')) ? ['trainyard.yaml'] : [];
  return success([...project, ...pipelines]);
}

function filesOf(
  root: string,
  cwd: string,
  paths: readonly string[],
): Result<readonly string[], readonly Failure[]> {
  const files: string[] = [];
  const failures: Failure[] = [];
  for (const path of paths) {
    const here = resolve(cwd, path);
    const found = findPipeline(
      root,
      isFile(here) || isFile(join(here, 'pipeline.yaml')) ? relative(root, here) : path,
    );
    if (found.ok) files.push(found.value);
    else failures.push(found.failure);
  }
  return failures.length > 0 ? failed(failures) : success(files);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
