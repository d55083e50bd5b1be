import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { openRepository } from '../../git/index.ts';
import type { Pipeline } from '../../pipeline/index.ts';
import { loadPipeline, pipelineNames } from '../../pipeline/index.ts';
import type { Effects } from '../effects.ts';
import { callerFiles } from './caller-files.ts';
import type { WorkflowSource } from './caller-settings.ts';
import { findCallers, settingsOf } from './check-callers.ts';
import { dataUnusable, initUnwritable, pinInvalid } from './failures.ts';
import { findPin } from './find-pin.ts';
import type { InitFile } from './init-file.ts';
import type { FileToWrite } from './project-files.ts';
import { ignoreFile, ownPipeline, projectYaml, readme, samplePipeline } from './project-files.ts';
import { triggersIn } from './triggers-in.ts';
import { updatedCaller } from './update-caller.ts';

export interface InitOptions {
  /** Relative to where the verb was started; default there. */
  readonly folder?: string;
  /** A CSV file to make a pipeline of. */
  readonly data?: string;
  readonly target?: string;
  /** Columns with commas between; default the first one that tells rows apart. */
  readonly key?: string;
  readonly name?: string;
  /** Replaces what is there. */
  readonly force?: boolean;
  /** Brings what an earlier `init` wrote up to date, and leaves alone what was edited. */
  readonly update?: boolean;
  readonly dryRun?: boolean;
  readonly workflows?: boolean;
  /** The commit of Trainyard that the workflows name. */
  readonly pin?: string;
  /** Where Trainyard's workflows are: `owner/name`, or `.` when they are in this very repository. */
  readonly from?: string;
  readonly version: string;
}

export interface InitReport {
  /** Absolute folder of the project. */
  readonly root: string;
  readonly files: readonly InitFile[];
  /** Of the project, now. */
  readonly pipelines: readonly string[];
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
  const own = await ownFiles(options, root, effects);
  if (!own.ok) return failed([own.failure]);
  const inProject = (file: FileToWrite): FileToWrite => ({
    ...file,
    path: directory === '.' ? file.path : `${directory}/${file.path}`,
  });
  const made = own.value.map(inProject);
  const names = [...new Set([...pipelineNames(root), ...pipelinesIn(own.value)])].sort();
  const withWorkflows = options.workflows !== false;
  const basics = [
    { path: 'trainyard.yaml', content: projectYaml },
    { path: '.gitignore', content: ignoreFile },
    { path: 'README.md', content: readme(names, withWorkflows) },
  ].map(inProject);
  const callers = withWorkflows
    ? await callersOf(options, { ...place.value, root, own: own.value }, effects)
    : success([]);
  if (!callers.ok) return failed([callers.failure]);
  // An update is about what init wrote once: it begins no pipeline and no README.
  const drafts = [
    ...(options.update === true
      ? []
      : [...basics, ...made].map((file) => settle(file, repositoryRoot, options.force === true))),
    ...callers.value,
  ];
  const files = await Promise.all(drafts);
  if (options.dryRun !== true) {
    const unwritten = await writeAll(files, repositoryRoot);
    if (unwritten !== undefined) return failed([unwritten]);
  }
  return success({
    root,
    files: files.map(({ path, what, text }) => ({ path, what, ...(text === undefined ? {} : { text }) })),
    pipelines: names,
  });
}

interface CallersToWrite extends Place {
  readonly root: string;
  readonly own: readonly FileToWrite[];
}

async function callersOf(
  options: InitOptions,
  { repositoryRoot, directory, branch, root, own }: CallersToWrite,
  effects: Pick<Effects, 'env'>,
): Promise<Result<readonly Promise<Draft>[], Failure>> {
  const force = options.force === true;
  const existing = findCallers(repositoryRoot).filter((each) => each.directory === directory);
  const source = await sourceOf(options, existing[0]?.source, effects);
  if (!source.ok) return source;
  const pipelines = [...(await loadedPipelines(root)), ...own.flatMap((file) => triggersIn(file))];
  const wanted = callerFiles(settingsOf(pipelines, { source: source.value, branch, directory }));
  return success(
    wanted.map(async ({ path, text, calls }): Promise<Draft> => {
      const found = existing.find((each) => each.calls === calls);
      if (found === undefined || force) {
        return await settle({ path: found?.path ?? path, content: text }, repositoryRoot, force);
      }
      if (options.update !== true) return { path: found.path, what: found.text === text ? 'same' : 'kept' };
      return { path: found.path, ...updatedCaller(found.text, text) };
    }),
  );
}

interface Place {
  readonly repositoryRoot: string;
  /** Of the project in it. */
  readonly directory: string;
  readonly branch: string;
}

async function placeOf(root: string): Promise<Result<Place, Failure>> {
  const nothing = { repositoryRoot: root, directory: '.', branch: 'main' };
  if (!existsSync(root)) return success(nothing);
  const repository = await openRepository(root);
  if (!repository.ok) return repository;
  const workTree = repository.value?.workTree;
  if (repository.value === undefined || workTree === undefined) return success(nothing);
  const known = await repository.value.defaultBranch();
  const head = await repository.value.head();
  const branch =
    (known.ok ? known.value?.name : undefined) ?? (head.ok ? head.value.branch : undefined) ?? 'main';
  const directory = relative(workTree, root).replaceAll('\\', '/') || '.';
  return success({ repositoryRoot: workTree, directory, branch });
}

async function ownFiles(
  { data, target, key, name, update }: InitOptions,
  root: string,
  { cwd }: Pick<Effects, 'cwd'>,
): Promise<Result<readonly FileToWrite[], Failure>> {
  if (update === true) return success([]);
  if (data === undefined) return success(pipelineNames(root).length > 0 ? [] : samplePipeline());
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

async function sourceOf(
  { from = 'trainyard/trainyard', pin, version, update }: InitOptions,
  existing: WorkflowSource | undefined,
  effects: Pick<Effects, 'env'>,
): Promise<Result<WorkflowSource, Failure>> {
  if (from === '.' || (pin === undefined && existing?.kind === 'own')) return success({ kind: 'own' });
  if (pin !== undefined && !/^[0-9a-f]{40}$/.test(pin)) return failed(pinInvalid(pin));
  const tag = `v${version}`;
  if (pin !== undefined) return success({ kind: 'pinned', repository: from, commit: pin, version: tag });
  const isUsable = existing?.kind === 'pinned' && /^[0-9a-f]{40}$/.test(existing.commit);
  // What is there already says where it comes from; only an update looks for a newer commit.
  if (isUsable && (update !== true || existing.version === tag)) return success(existing);
  const found = await findPin(existing?.kind === 'pinned' ? existing.repository : from, tag, effects);
  if (found.ok) {
    const repository = existing?.kind === 'pinned' ? existing.repository : from;
    return success({ kind: 'pinned', repository, commit: found.value, version: tag });
  }
  return isUsable ? success(existing) : found;
}

async function loadedPipelines(root: string): Promise<readonly Pick<Pipeline, 'file'>[]> {
  const loaded = await Promise.all(
    pipelineNames(root).map((name) => loadPipeline({ root, file: `pipelines/${name}/pipeline.yaml` })),
  );
  return loaded.flatMap((each) => (each.ok ? [each.value] : []));
}

function pipelinesIn(files: readonly FileToWrite[]): readonly string[] {
  return files.flatMap(({ path }) => /^pipelines\/([^/]+)\/pipeline\.yaml$/.exec(path)?.[1] ?? []);
}

interface Draft extends InitFile {
  readonly content?: string | Uint8Array;
}

async function settle(file: FileToWrite, root: string, force: boolean): Promise<Draft> {
  const { path, content } = file;
  const text = typeof content === 'string' ? { text: content } : {};
  const there = await readFile(join(root, path)).catch(() => undefined);
  if (there === undefined) return { path, what: 'created', content, ...text };
  if (there.equals(Buffer.from(content))) return { path, what: 'same' };
  return force ? { path, what: 'replaced', content, ...text } : { path, what: 'kept' };
}

async function writeAll(files: readonly Draft[], root: string): Promise<Failure | undefined> {
  for (const { path, content, text, what } of files) {
    if (what === 'same' || what === 'kept') continue;
    const bytes = content ?? text;
    if (bytes === undefined) continue;
    try {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), bytes, what === 'created' ? { flag: 'wx' } : {});
    } catch (error) {
      return initUnwritable(path, error);
    }
  }
  return undefined;
}
