import { join, resolve } from 'node:path';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Remote, Repository } from '../git/index.ts';
import { openRemote, openRepository } from '../git/index.ts';
import type { Project } from '../pipeline/index.ts';
import { loadProject } from '../pipeline/index.ts';
import type { Ledger, SignatureCheck } from '../registry/index.ts';
import { checkSignatures, noRepository, openLedger } from '../registry/index.ts';
import type { Effects } from './effects.ts';
import type { OpenedProject, OpenStore, ProjectEffects } from './open-project.ts';
import { storeOpener, withStoreOf } from './open-project.ts';
import { findRoot } from './root.ts';

export interface OpenRegistryOptions {
  /** Another repository: its URL, or its folder. Default: the one that the verb was started in. */
  readonly repo?: string;
}

export interface OpenedRegistry {
  readonly root: string;
  readonly project: Project;
  readonly repository: Repository;
  /** Where the truth is, when it is not in the repository itself. */
  readonly remote: Remote | undefined;
  readonly ledger: Ledger;
  readonly openStore: OpenStore;
  /** Where `allowed-signers` is set: who signed a tag. */
  readonly signatures?: SignatureCheck;
}

/** The book of models. Nothing is fetched yet: `ledger.refresh()` does. */
export async function openRegistry(
  effects: ProjectEffects,
  { repo }: OpenRegistryOptions = {},
): Promise<Result<OpenedRegistry, readonly Failure[]>> {
  const isUrl =
    repo !== undefined && (/^[a-z][a-z0-9+.-]*:\/\//i.test(repo) || /^[\w.-]+@[\w.-]+:./.test(repo));
  const root = findRoot(repo === undefined || isUrl ? effects.cwd : resolve(effects.cwd, repo));
  const loaded = await loadProject(root);
  if (!loaded.ok) return loaded;
  const project = withStoreOf(effects.env, loaded.value);
  const place = isUrl ? await elsewhere(repo, effects.env) : await here(root);
  if (!place.ok) return failed([place.failure]);
  const { repository, remote } = place.value;
  // Of a repository without a clone nobody here knows whom it allows to sign: what it shows is not verified.
  const signatures = isUrl ? undefined : signaturesOf({ root, project, repository }, effects.env);
  const signed = signatures === undefined ? {} : { signatures };
  const ledger = openLedger({ repository, remote, ...signed });
  return success({
    root,
    project,
    repository,
    remote,
    ledger,
    openStore: storeOpener(root, project, effects),
    ...signed,
  });
}

/** The book as this clone knows it, without a remote; `undefined` outside of Git. */
export function ledgerOfClone(opened: OpenedProject, env: Effects['env']): Ledger | undefined {
  const { repository } = opened;
  if (repository === undefined) return undefined;
  const signatures = signaturesOf(opened, env);
  return openLedger({ repository, remote: undefined, ...(signatures === undefined ? {} : { signatures }) });
}

/**
 * Where `allowed-signers` is set: who signed a tag. What was verified is remembered inside of `.git`: a file of the work
 * tree could come with a commit, and vouch for itself.
 */
export function signaturesOf(
  { root, project, repository }: Pick<OpenedProject, 'root' | 'project' | 'repository'>,
  env: Effects['env'],
): SignatureCheck | undefined {
  const signers = project.allowedSigners;
  if (signers === undefined || repository === undefined) return undefined;
  return checkSignatures({
    allowedSigners: resolve(root, signers),
    cacheFolder: join(repository.commonFolder, 'trainyard', 'signatures'),
    environment: env,
  });
}

type Place = Pick<OpenedRegistry, 'repository' | 'remote'>;

async function here(root: string): Promise<Result<Place, Failure>> {
  const repository = await openRepository(root);
  if (!repository.ok) return repository;
  if (repository.value === undefined) return failed(noRepository(root));
  // A bare repository is what others push to: where it was cloned from once is of no interest.
  if (repository.value.workTree === undefined)
    return success({ repository: repository.value, remote: undefined });
  const remote = await repository.value.remote();
  return remote.ok ? success({ repository: repository.value, remote: remote.value }) : remote;
}

async function elsewhere(url: string, env: Effects['env']): Promise<Result<Place, Failure>> {
  const cache = env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? env['LOCALAPPDATA'] ?? '.', '.cache');
  return await openRemote(url, { scratch: join(cache, 'trainyard', 'remotes'), environment: env });
}
