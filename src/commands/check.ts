import { statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { openRepository } from '../git/index.ts';
import { checkFiles, findPipeline, loadPipeline, pipelineNames } from '../pipeline/index.ts';
import type { Effects } from './effects.ts';
import { nothingToCheck } from './failures.ts';
import { checkCallers } from './init/check-callers.ts';
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

/** Reads pipeline and project files, the contracts they name, and workflows that call Trainyard's; gives every mistake. */
export async function check(
  options: CheckOptions,
  effects: Pick<Effects, 'cwd'>,
): Promise<Result<CheckReport, readonly Failure[]>> {
  const root = findRoot(effects.cwd);
  const files = options.paths.length === 0 ? allFiles(root) : filesOf(root, effects.cwd, options.paths);
  if (!files.ok) return files;
  if (files.value.length === 0) return failed([nothingToCheck(root)]);
  const mistakes = await checkFiles({ root, files: files.value });
  const workflows = options.paths.length === 0 ? await checkWorkflows(root) : success([]);
  if (!workflows.ok) return failed([workflows.failure]);
  return success({ root, files: files.value, mistakes: [...mistakes, ...workflows.value] });
}

/** What is wrong with the workflows that call Trainyard's; those of pipelines with mistakes wait for these. */
async function checkWorkflows(root: string): Promise<Result<readonly Failure[], Failure>> {
  const repository = await openRepository(root);
  if (!repository.ok) return repository;
  const repositoryRoot = repository.value?.workTree ?? root;
  const loaded = await Promise.all(
    pipelineNames(root).map((name) => loadPipeline({ root, file: `pipelines/${name}/pipeline.yaml` })),
  );
  if (loaded.some(({ ok }) => !ok)) return success([]);
  const pipelines = loaded.flatMap((each) => (each.ok ? [each.value] : []));
  return success(checkCallers({ repositoryRoot, root, pipelines }));
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
