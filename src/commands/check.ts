import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { readContract } from '../contract/index.ts';
import { openRepository } from '../git/index.ts';
import { checkFiles, loadPipeline, loadProject, pipelineNames } from '../pipeline/index.ts';
import { checkPages } from '../site/index.ts';
import { allFiles, filesOf, otherFolders } from './check-paths.ts';
import type { Effects } from './effects.ts';
import { nothingToCheck } from './failures.ts';
import type { CallerCheck, CallersChecked } from './init/check-callers.ts';
import { checkCallers } from './init/check-callers.ts';
import { pathUncheckable } from './init/failures.ts';
import { findRoot } from './root.ts';

const projectFile = 'trainyard.yaml';

export interface CheckOptions {
  /** Pipelines by name, files or folders; none for all of the project. */
  readonly paths: readonly string[];
}

export interface CheckReport {
  readonly root: string;
  /** Pipeline files and `trainyard.yaml`, relative to the root. */
  readonly files: readonly string[];
  /** Relative to the root: those that the pipelines name, and those that were named. */
  readonly contracts: readonly string[];
  /** Workflows that call Trainyard's, relative to the root of the repository. */
  readonly workflows: readonly string[];
  /** Folders of other projects of the repository, which were not looked at. */
  readonly unchecked: readonly string[];
  readonly mistakes: readonly Failure[];
}

/**
 * Reads pipeline and project files, the contracts and pages of the site that they name, and workflows that call Trainyard's;
 * gives every mistake.
 */
export async function check(
  options: CheckOptions,
  effects: Pick<Effects, 'cwd'>,
): Promise<Result<CheckReport, readonly Failure[]>> {
  const root = findRoot(effects.cwd);
  const isAll = options.paths.length === 0;
  const found = isAll ? success(allFiles(root)) : filesOf(root, effects.cwd, options.paths);
  if (!found.ok) return found;
  const { files, workflows, contracts } = found.value;
  if (isAll && files.length === 0) return failed([nothingToCheck(root)]);
  const mistakes = [
    ...(await checkFiles({ root, files })),
    ...checkContracts(root, contracts),
    ...(files.includes(projectFile) ? await checkSitePages(root) : []),
  ];
  const named = await contractsOf(root, files);
  const around = await surroundings(root);
  if (!around.ok) return failed([around.failure]);
  const { repositoryRoot } = around.value;
  const callers =
    workflows === 'all' || workflows.length > 0 ? await checkWorkflows(root, around.value) : nothing;
  const asked =
    workflows === 'all'
      ? callers
      : only(
          callers,
          workflows.map((path) => inFolder(repositoryRoot, path)),
        );
  if (!isAll) {
    const strangers = [...(workflows === 'all' ? [] : workflows)]
      .map((path) => inFolder(repositoryRoot, path))
      .filter(
        (path) => !asked.files.includes(path) && !asked.mistakes.some(({ place }) => place?.file === path),
      );
    // A folder of workflows may hold others.
    if (
      callers.waitsFor === undefined &&
      strangers.length > 0 &&
      files.length + contracts.length + asked.files.length === 0
    )
      return failed(strangers.map((path) => pathUncheckable(path, 'it calls no workflow of Trainyard')));
  }
  return success({
    root,
    files,
    contracts: [...new Set([...named, ...contracts])].sort(),
    workflows: asked.files,
    unchecked: isAll ? otherFolders(repositoryRoot, root) : [],
    mistakes: [...mistakes, ...asked.mistakes, ...(workflows === 'all' ? [] : (callers.waitsFor ?? []))],
  });
}

/** Pages of the site, once the project file that names them is right. */
async function checkSitePages(root: string): Promise<readonly Failure[]> {
  const project = await loadProject(root);
  return project.ok ? await checkPages({ root, ...project.value.site }) : [];
}

function checkContracts(root: string, contracts: readonly string[]): readonly Failure[] {
  return contracts.flatMap((file) => {
    const read = readContract(file, readFileSync(join(root, file)));
    return read.ok ? [] : read.failure;
  });
}

/** Contracts that pipelines without a mistake name. */
async function contractsOf(root: string, files: readonly string[]): Promise<readonly string[]> {
  const pipelines = files.filter((file) => file !== projectFile);
  const loaded = await Promise.all(pipelines.map((file) => loadPipeline({ root, file })));
  return loaded.flatMap((each) =>
    each.ok
      ? [...each.value.datasets.values()].flatMap(({ contract }) =>
          contract === undefined ? [] : [inFolder(root, contract)],
        )
      : [],
  );
}

const nothing: CallersChecked = { files: [], mistakes: [] };

type Around = Pick<CallerCheck, 'repositoryRoot' | 'repository'>;

async function surroundings(root: string): Promise<Result<Around, Failure>> {
  const opened = await openRepository(root);
  if (!opened.ok) return opened;
  const repository = opened.value;
  if (repository === undefined) return success({ repositoryRoot: root });
  return success({ repositoryRoot: repository.workTree ?? root, repository });
}

/** What is wrong with the workflows that call Trainyard's; those of pipelines with mistakes wait for these. */
async function checkWorkflows(root: string, around: Around): Promise<CallersChecked> {
  const names = pipelineNames(root).map((name) => `pipelines/${name}/pipeline.yaml`);
  const loaded = await Promise.all(names.map((file) => loadPipeline({ root, file })));
  const broken = loaded.flatMap((each) => (each.ok ? [] : each.failure));
  if (broken.length > 0) return { files: [], mistakes: [], waitsFor: broken };
  const pipelines = loaded.flatMap((each) => (each.ok ? [each.value] : []));
  return checkCallers({ ...around, root, pipelines });
}

function only({ files, mistakes }: CallersChecked, paths: readonly string[]): CallersChecked {
  return {
    files: files.filter((file) => paths.includes(file)),
    mistakes: mistakes.filter(({ place }) => place !== undefined && paths.includes(place.file)),
  };
}

function inFolder(folder: string, path: string): string {
  return relative(folder, path).replaceAll('\\', '/');
}
