import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { openRepository } from '../../git/index.ts';
import { pipelineNames } from '../../pipeline/index.ts';
import type { Effects } from '../effects.ts';
import { defaultBranchOf } from './default-branch.ts';
import { settle, writeAll } from './draft.ts';
import { draftCallers } from './draft-callers.ts';
import { dataUnusable } from './failures.ts';
import { findCallers } from './find-callers.ts';
import type { InitFile } from './init-file.ts';
import type { InitOptions } from './init-options.ts';
import type { FileToWrite, ProjectFiles } from './project-files.ts';
import { ignoreFile, ownPipeline, projectYaml, readme, samplePipeline } from './project-files.ts';
import { otherProjects, sharedNames } from './projects.ts';

export interface InitReport {
  /** Absolute folder of the project. */
  readonly root: string;
  readonly files: readonly InitFile[];
  /** Of the project, now. */
  readonly pipelines: readonly string[];
  /** What a person should know of it. */
  readonly notes: readonly string[];
}

/** Makes a repository that runs as it is, or adds to one what is missing. Writes all of it or, on a failure, nothing. */
export async function init(
  options: InitOptions,
  effects: Pick<Effects, 'cwd' | 'env'>,
): Promise<Result<InitReport, readonly Failure[]>> {
  const root = resolve(effects.cwd, options.folder ?? '.');
  const place = await placeOf(root);
  if (!place.ok) return failed([place.failure]);
  const { repositoryRoot, directory } = place.value;
  const ownMade = await ownFiles(options, root, effects);
  if (!ownMade.ok) return failed([ownMade.failure]);
  const own = ownMade.value;
  const inProject = (file: FileToWrite): FileToWrite => ({
    ...file,
    path: directory === '.' ? file.path : `${directory}/${file.path}`,
  });
  const made = own.files.map(inProject);
  const names = [...new Set([...pipelineNames(root), ...pipelinesIn(own.files)])].sort();
  const withWorkflows = options.workflows !== false;
  const basics = [
    { path: 'trainyard.yaml', content: projectYaml },
    { path: '.gitignore', content: ignoreFile },
    { path: 'README.md', content: readme(names, withWorkflows) },
  ].map(inProject);
  const found = findCallers(repositoryRoot);
  const others = otherProjects(repositoryRoot, directory, found);
  const taken = sharedNames(
    pipelinesIn(own.files).map((name) => ({ name })),
    others,
  );
  if (taken.length > 0) return failed(taken);
  const around = { found, others: others.map((other) => other.directory) };
  const callers = withWorkflows
    ? await draftCallers(options, { ...place.value, root, own: own.files, ...around }, effects)
    : success([]);
  if (!callers.ok) return failed([callers.failure]);
  // An update is about what init wrote once: it begins no pipeline and no README.
  const drafts = [
    ...(options.update === true
      ? []
      : [...basics, ...made].map((file) => settle(file, repositoryRoot, options.force === true))),
  ];
  const files = [...(await Promise.all(drafts)), ...callers.value];
  if (options.dryRun !== true) {
    const unwritten = await writeAll(files, repositoryRoot);
    if (unwritten !== undefined) return failed([unwritten]);
  }
  return success({
    root,
    files: files.map(({ path, what, text }) => ({ path, what, ...(text === undefined ? {} : { text }) })),
    pipelines: names,
    notes: [...own.notes, ...(place.value.isGit ? [] : [withoutGit])],
  });
}

const withoutGit =
  'There is no Git repository here, and Trainyard needs one: "git init -b main", then "git add . && git commit -m Start".';

interface Place {
  readonly repositoryRoot: string;
  /** Of the project in it. */
  readonly directory: string;
  readonly branch: string;
  readonly isGit: boolean;
}

async function placeOf(root: string): Promise<Result<Place, Failure>> {
  const nothing = { repositoryRoot: root, directory: '.', branch: 'main', isGit: false };
  // A folder that is still to be made is in the repository that it will be in.
  const repository = await openRepository(nearest(root));
  if (!repository.ok) return repository;
  const workTree = repository.value?.workTree;
  if (repository.value === undefined || workTree === undefined) return success(nothing);
  const branch = (await defaultBranchOf(repository.value)) ?? 'main';
  const directory = relative(workTree, root).replaceAll('\\', '/') || '.';
  return success({ repositoryRoot: workTree, directory, branch, isGit: true });
}

function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}

async function ownFiles(
  { data, target, key, name, update }: InitOptions,
  root: string,
  { cwd }: Pick<Effects, 'cwd'>,
): Promise<Result<ProjectFiles, Failure>> {
  const nothing = { files: [], notes: [] };
  if (update === true) return success(nothing);
  if (data === undefined) {
    if (pipelineNames(root).length > 0) return success(nothing);
    const sample = samplePipeline(name);
    return sample.ok ? success({ ...nothing, files: sample.value }) : sample;
  }
  const file = resolve(cwd, data);
  const bytes = await readFile(file).catch((error: unknown) => error as Error);
  if (bytes instanceof Error) return failed(dataUnusable(data, bytes.message));
  const inside = relative(root, file).replaceAll('\\', '/');
  return ownPipeline({
    file: data,
    bytes,
    inside:
      inside.startsWith('../') || (inside === basename(inside) && dirname(file) !== root)
        ? undefined
        : inside,
    target,
    key: key === undefined ? [] : key.split(',').map((each) => each.trim()),
    name,
  });
}

function pipelinesIn(files: readonly FileToWrite[]): readonly string[] {
  return files.flatMap(({ path }) => /^pipelines\/([^/]+)\/pipeline\.yaml$/.exec(path)?.[1] ?? []);
}
