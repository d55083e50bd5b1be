import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure, Result } from '../base/index.ts';
import { failed, seededRandom, success } from '../base/index.ts';
import { ownerOfKey } from '../git/index.ts';
import { findPipeline } from '../pipeline/index.ts';
import type { Identity, Registrable, Registration, VersionName } from '../registry/index.ts';
import { newestRegistrable, publishedCommit, registerVersion, registrableRun } from '../registry/index.ts';
import type { RunHistory, RunRecord } from '../runs/index.ts';
import { openRuns } from '../runs/index.ts';
import { openStore } from '../store/index.ts';
import type { Effects } from './effects.ts';
import { openPipeline } from './open-project.ts';
import type { OpenedRegistry } from './open-registry.ts';
import { openRegistry } from './open-registry.ts';

export interface RegisterOptions {
  /** Its name, or a path: the model has the name of its pipeline. */
  readonly pipeline: string;
  /** Default and `latest`: the newest run that succeeded without a failed verdict. */
  readonly run?: string;
  /** Default: `auto`. */
  readonly bump?: 'auto' | 'major' | 'minor' | 'patch';
  /** The version itself, instead of a bump. */
  readonly as?: VersionName;
  readonly why?: string;
  readonly allowInconclusive?: boolean;
  readonly dryRun?: boolean;
}

export interface RegisterReport {
  readonly model: string;
  readonly run: string;
  readonly registration: Registration;
}

/** Gives the model of a run a version: an annotated tag at the commit of its code, from which everything else is found. */
export async function register(
  options: RegisterOptions,
  effects: Effects,
): Promise<Result<RegisterReport, readonly Failure[]>> {
  const opened = await openRegistry(effects);
  if (!opened.ok) return opened;
  const { root, project, repository, ledger } = opened.value;
  const store = await openStore(project.store, { root });
  if (!store.ok) return failed([store.failure]);
  const history = openRuns({ repository, branch: project.runs.branch, root });
  const model = await nameOf(root, options.pipeline);
  if (!model.ok) return model;
  const record = await recordOf(history, model.value, options.run);
  if (!record.ok) return failed([record.failure]);
  const run = registrableRun(record.value, { allowInconclusive: options.allowInconclusive === true });
  if (!run.ok) return failed([run.failure]);
  const published = await isPublished(opened.value, run.value);
  if (!published.ok) return failed([published.failure]);
  const news = await ledger.refresh(model.value);
  if (!news.ok) return failed([news.failure]);
  const writer = await writerOf(opened.value, effects);
  if (!writer.ok) return failed([writer.failure]);
  const registration = await registerVersion(
    {
      ...run.value,
      by: writer.value.by,
      bump: options.bump ?? 'auto',
      dryRun: options.dryRun === true,
      ...(options.as === undefined ? {} : { name: options.as }),
      ...whyOf(options, record.value),
    },
    {
      ledger,
      history,
      store: store.value,
      now: effects.now,
      random: seededRandom(Buffer.from(effects.randomBytes(4)).readUInt32LE()),
      pause: (milliseconds) => sleep(milliseconds, undefined, { signal: effects.signal }),
      ...writer.value.key,
    },
  );
  if (!registration.ok) return registration;
  return success({ model: model.value, run: record.value.id, registration: registration.value });
}

/** A pipeline that is no longer in the work tree still has its runs. */
async function nameOf(root: string, given: string): Promise<Result<string, readonly Failure[]>> {
  if (!findPipeline(root, given).ok && /^[a-z0-9-]+$/.test(given)) return success(given);
  const pipeline = await openPipeline(root, given);
  return pipeline.ok ? success(pipeline.value.file.name) : pipeline;
}

function recordOf(
  history: RunHistory,
  pipeline: string,
  run: string | undefined,
): Promise<Result<RunRecord, Failure>> {
  return run === undefined || run === 'latest'
    ? newestRegistrable(history, pipeline)
    : history.find(run, pipeline);
}

/** Without a remote, this repository is where everybody looks. */
async function isPublished(
  { repository, remote, project }: OpenedRegistry,
  { commit, record }: Registrable,
): Promise<Result<void, Failure>> {
  if (remote === undefined) return success(undefined);
  const branch = record.code?.branch;
  return await publishedCommit({ repository, remote, commit, branch, except: [project.runs.branch] });
}

/** What was allowed by name is said for ever. */
function whyOf(
  { why, allowInconclusive }: RegisterOptions,
  { verdict }: RunRecord,
): { readonly why?: string } {
  const said = [
    ...(why === undefined ? [] : [why]),
    ...(verdict === 'inconclusive' && allowInconclusive === true
      ? ['the verdict of its run is inconclusive, and that was allowed']
      : []),
  ];
  return said.length === 0 ? {} : { why: said.join('; ') };
}

interface Writer {
  readonly by: Identity;
  readonly key: { readonly signingKey?: string };
}

/** Who writes, and the key that vouches for it. */
async function writerOf(
  { repository, root, project }: OpenedRegistry,
  { env, now }: Effects,
): Promise<Result<Writer, Failure>> {
  const user = await repository.user();
  if (!user.ok) return user;
  const { signingKey, email } = user.value;
  const key = signingKey === undefined ? {} : { signingKey };
  if (project.allowedSigners !== undefined && signingKey !== undefined) {
    const allowedSigners = resolve(root, project.allowedSigners);
    const owner = await ownerOfKey({ key: signingKey, allowedSigners, at: now(), environment: env });
    if (!owner.ok) return owner;
    if (owner.value.kind === 'valid') {
      return success({ by: { name: owner.value.principal, proof: 'signature' }, key });
    }
  }
  const actor = env['GITHUB_ACTIONS'] === 'true' ? env['GITHUB_ACTOR'] : undefined;
  return success({
    by: actor === undefined ? { name: email, proof: 'nobody' } : { name: `@${actor}`, proof: 'forge' },
    key,
  });
}
