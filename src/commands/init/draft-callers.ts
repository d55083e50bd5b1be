import { join } from 'node:path';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Pipeline } from '../../pipeline/index.ts';
import { loadPipeline, pipelineNames } from '../../pipeline/index.ts';
import type { Effects } from '../effects.ts';
import { callerFiles } from './caller-files.ts';
import type { WorkflowSource } from './caller-settings.ts';
import { commonSource, isPinned } from './caller-source.ts';
import { settingsOf } from './check-callers.ts';
import type { Draft } from './draft.ts';
import { settle } from './draft.ts';
import { folderClash, pinInvalid } from './failures.ts';
import type { FoundCaller } from './find-callers.ts';
import { findPin } from './find-pin.ts';
import type { InitOptions } from './init-options.ts';
import type { FileToWrite } from './project-files.ts';
import { triggersIn } from './triggers-in.ts';
import { updatedCaller, withTriggers } from './update-caller.ts';

export interface CallersToWrite {
  readonly repositoryRoot: string;
  readonly root: string;
  /** Of the project, from the root of the repository. */
  readonly directory: string;
  readonly branch: string;
  /** Files of the project that are about to be written. */
  readonly own: readonly FileToWrite[];
  /** Of all projects. */
  readonly found: readonly FoundCaller[];
  /** Folders of the other projects of the repository. */
  readonly others: readonly string[];
}

/** The callers of a project; and those of others that have to make room for it. */
export async function draftCallers(
  options: InitOptions,
  { repositoryRoot, root, directory, branch, own, found, others }: CallersToWrite,
  effects: Pick<Effects, 'env'>,
): Promise<Result<readonly Draft[], Failure>> {
  const force = options.force === true;
  const existing = found.filter((each) => each.directory === directory);
  const source = await sourceOf(options, commonSource(existing) ?? commonSource(found), effects);
  if (!source.ok) return source;
  const pipelines = [...(await loadedPipelines(root)), ...own.flatMap((file) => triggersIn(file))];
  const isAlone = others.length === 0;
  const wanted = callerFiles(settingsOf(pipelines, { source: source.value, branch, directory, isAlone }));
  for (const { path } of wanted) {
    const taken = found.find((each) => each.path.toLowerCase() === path.toLowerCase());
    if (taken !== undefined && taken.directory !== directory)
      return failed(folderClash(path, directory, taken.directory));
  }
  const drafts = wanted.map(async ({ path, text, calls }): Promise<Draft> => {
    const there = existing.find((each) => each.calls === calls);
    if (there === undefined || force) {
      return await settle({ path: there?.path ?? path, content: text }, repositoryRoot, force);
    }
    if (options.update !== true) return { path: there.path, what: there.text === text ? 'same' : 'kept' };
    return { path: there.path, ...updatedCaller(there.text, text) };
  });
  const narrowed =
    existing.length > 0 ? [] : others.map((other) => narrowPromote(other, repositoryRoot, found));
  return success([...(await Promise.all(drafts)), ...(await Promise.all(narrowed)).flat()]);
}

/** A project that was alone answered the tags of all models: now only those of its own, where nobody edited that. */
async function narrowPromote(
  directory: string,
  repositoryRoot: string,
  found: readonly FoundCaller[],
): Promise<readonly Draft[]> {
  const promote = found.find((each) => each.calls === 'promote' && each.directory === directory);
  if (promote === undefined) return [];
  const { path, text, source } = promote;
  const pipelines = await loadedPipelines(join(repositoryRoot, directory));
  const place = { source, branch: 'main', directory, isAlone: false };
  const fresh = callerFiles(settingsOf(pipelines, place)).find(({ calls }) => calls === 'promote')!;
  const made = withTriggers(text, fresh.text);
  return made === undefined ? [] : [{ path, what: 'updated', text: made }];
}

async function sourceOf(
  { from, pin, version, update }: InitOptions,
  existing: WorkflowSource | undefined,
  effects: Pick<Effects, 'env'>,
): Promise<Result<WorkflowSource, Failure>> {
  if (from === '.' || (from === undefined && pin === undefined && existing?.kind === 'own'))
    return success({ kind: 'own' });
  if (pin !== undefined && (!/^[0-9a-f]{40}$/.test(pin) || /^0+$/.test(pin))) return failed(pinInvalid(pin));
  const usual = from ?? (existing?.kind === 'pinned' ? existing.repository : 'trainyard/trainyard');
  const tag = `v${version}`;
  if (pin !== undefined) return success({ kind: 'pinned', repository: usual, commit: pin, version: tag });
  const isUsable = existing?.kind === 'pinned' && isPinned(existing);
  // What is there already says where it comes from; only an update looks for a newer commit.
  if (isUsable && (update !== true || existing.version === tag)) return success(existing);
  const repository = existing?.kind === 'pinned' ? existing.repository : usual;
  const found = await findPin(repository, tag, effects);
  if (found.ok) return success({ kind: 'pinned', repository, commit: found.value, version: tag });
  return isUsable ? success(existing) : found;
}

async function loadedPipelines(root: string): Promise<readonly Pick<Pipeline, 'file'>[]> {
  const loaded = await Promise.all(
    pipelineNames(root).map((name) => loadPipeline({ root, file: `pipelines/${name}/pipeline.yaml` })),
  );
  return loaded.flatMap((each) => (each.ok ? [each.value] : []));
}
