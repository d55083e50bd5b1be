import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Repository } from '../git/index.ts';
import type { StageFile } from '../pipeline/index.ts';
import { findPipeline } from '../pipeline/index.ts';
import type { Attested } from '../provenance/index.ts';
import { attestIfConfigured } from '../provenance/index.ts';
import type {
  ModelState,
  PromotionAnswer,
  Registrable,
  Registration,
  VersionName,
} from '../registry/index.ts';
import {
  asNewest,
  latestVersion,
  promote,
  publishedCommit,
  registerVersion,
  registrableRun,
  runToRegister,
} from '../registry/index.ts';
import type { RunHistory, RunRecord } from '../runs/index.ts';
import { openRuns } from '../runs/index.ts';
import type { Writer } from './identity.ts';
import { whoWrites } from './identity.ts';
import { openPipeline } from './open-project.ts';
import type { OpenedRegistry } from './open-registry.ts';
import { openRegistry } from './open-registry.ts';
import type { PromotionEffects } from './promotion-evidence.ts';
import { gatherer } from './promotion-evidence.ts';
import { writerWorld } from './promotion-world.ts';
import { pushRuns } from './push-runs.ts';

export interface RegisterOptions {
  /** Its name, or a path: the model has the name of its pipeline. */
  readonly pipeline: string;
  /** Default and `latest`: the newest run of the commit that is checked out, or of one before it; it has to have passed. */
  readonly run?: string;
  /** Default: `auto`. */
  readonly bump?: 'auto' | 'major' | 'minor' | 'patch';
  /** The version itself, instead of a bump. */
  readonly as?: VersionName;
  readonly why?: string;
  readonly allowInconclusive?: boolean;
  /** `false` leaves the stages with `auto: true` alone. */
  readonly promote?: boolean;
  /** File of an SSH key to sign with, instead of the one that Git knows. */
  readonly key?: string;
  readonly dryRun?: boolean;
}

export interface RegisterReport {
  readonly model: string;
  readonly run: string;
  readonly registration: Registration;
  /** What became of it at each stage with `auto: true`, in their order. */
  readonly automatic: readonly AutomaticPromotion[];
  /** The first stage, in their order, where it does not stand yet. */
  readonly nextStage?: string;
}

export interface AutomaticPromotion {
  readonly stage: string;
  readonly answer: PromotionAnswer;
}

/**
 * Gives the model of a run a version: an annotated tag at the commit of its code, from which everything else is found.
 * Where there is a remote, the records go there first, so that no version is without its record.
 */
export async function register(
  options: RegisterOptions,
  effects: PromotionEffects,
): Promise<Result<RegisterReport, readonly Failure[]>> {
  const opened = await openRegistry(effects);
  if (!opened.ok) return opened;
  const { root, project, repository, remote, ledger } = opened.value;
  const store = await opened.value.openStore();
  if (!store.ok) return failed([store.failure]);
  const history = openRuns({ repository, branch: project.runs.branch, root });
  const model = await nameOf(root, options.pipeline);
  if (!model.ok) return model;
  const record = await recordOf(history, repository, model.value, options.run);
  if (!record.ok) return failed([record.failure]);
  const run = registrableRun(record.value, { allowInconclusive: options.allowInconclusive === true });
  if (!run.ok) {
    return failed([isNamed(options.run) ? run.failure : asNewest(run.failure, model.value)]);
  }
  const dryRun = options.dryRun === true;
  const published = await isPublished(opened.value, run.value);
  if (!published.ok) return failed([published.failure]);
  const writer = await whoWrites({ ...keyOf(options), onlyAsking: dryRun }, opened.value, effects);
  if (!writer.ok) return failed([writer.failure]);
  const attested = dryRun ? success(undefined) : await attestationOf(record.value, opened.value, effects);
  if (!attested.ok) return failed([attested.failure]);
  const shared = remote === undefined || dryRun ? success(undefined) : await pushRuns({}, effects);
  if (!shared.ok) return shared;
  const news = await ledger.refresh(model.value);
  if (!news.ok) return failed([news.failure]);
  const registration = await registerVersion(
    {
      ...run.value,
      by: writer.value.by,
      bump: options.bump ?? 'auto',
      dryRun,
      ...(options.as === undefined ? {} : { name: options.as }),
      ...whyOf(options, record.value),
    },
    { ...writerWorld(ledger, effects, writer.value), history, store: store.value },
  );
  if (!registration.ok) return registration;
  const promoted =
    options.promote === false
      ? success([])
      : await promoteAutomatically(registration.value, writer.value, opened.value, effects);
  if (!promoted.ok) return promoted;
  return success({
    model: model.value,
    run: record.value.id,
    registration: registration.value,
    automatic: promoted.value,
    ...nextStage(registration.value, promoted.value, project.stages),
  });
}

/** A pipeline that is no longer in the work tree still has its runs. */
async function nameOf(root: string, given: string): Promise<Result<string, readonly Failure[]>> {
  if (!findPipeline(root, given).ok && /^[a-z0-9-]+$/.test(given)) return success(given);
  const pipeline = await openPipeline(root, given);
  return pipeline.ok ? success(pipeline.value.file.name) : pipeline;
}

function isNamed(run: string | undefined): run is string {
  return run !== undefined && run !== 'latest';
}

function recordOf(
  history: RunHistory,
  repository: Repository,
  pipeline: string,
  run: string | undefined,
): Promise<Result<RunRecord, Failure>> {
  return isNamed(run) ? history.find(run, pipeline) : runToRegister(history, repository, pipeline);
}

/** Before the records are pushed, so that the attestation goes with them. */
async function attestationOf(
  record: RunRecord,
  { project, repository }: OpenedRegistry,
  { cwd, env, now }: PromotionEffects,
): Promise<Result<Attested | undefined, Failure>> {
  const { provenance, runs } = project;
  const place = { repository, branch: runs.branch };
  return await attestIfConfigured({ record, provenance, env, cwd, time: now() }, place);
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

/**
 * Stages that every version comes to by itself, if its gates and the rest of what they ask allow. A version that has
 * stood there is not brought back: whoever took it away wanted that.
 */
async function promoteAutomatically(
  registration: Registration,
  writer: Writer,
  opened: OpenedRegistry,
  effects: PromotionEffects,
): Promise<Result<readonly AutomaticPromotion[], readonly Failure[]>> {
  if (registration.kind === 'planned') return success([]);
  const { state } = registration;
  const name = registration.kind === 'registered' ? registration.event.event.name : registration.version.name;
  // Somebody registers an old run again: what is newer stays.
  if (latestVersion(state)?.name !== name) return success([]);
  const mustSign = opened.project.allowedSigners !== undefined;
  const world = {
    ...writerWorld(opened.ledger, effects, writer),
    gather: gatherer(opened, effects, { mustSign }),
  };
  const promotions: AutomaticPromotion[] = [];
  for (const { name: stage, auto } of opened.project.stages) {
    if (auto !== true || hasStood(state, name, stage)) continue;
    const request = { name, stage, cause: 'automatic', by: writer.by } as const;
    const answer = await promote(state.model, request, world);
    if (!answer.ok) return answer;
    promotions.push({ stage, answer: answer.value });
  }
  return success(promotions);
}

function hasStood({ events }: ModelState, name: VersionName, stage: string): boolean {
  return events.some(({ event }) => event.kind === 'assign' && event.name === name && event.stage === stage);
}

function keyOf({ key }: RegisterOptions): { readonly key?: string } {
  return key === undefined ? {} : { key };
}

function nextStage(
  registration: Registration,
  automatic: readonly AutomaticPromotion[],
  stages: readonly StageFile[],
): { readonly nextStage?: string } {
  const stands = new Set([
    ...(registration.kind === 'already' ? registration.version.stages : []),
    ...automatic.flatMap(({ stage, answer }) => (answer.kind === 'promoted' ? [stage] : [])),
  ]);
  const next = stages.find(({ name }) => !stands.has(name))?.name;
  return next === undefined ? {} : { nextStage: next };
}
