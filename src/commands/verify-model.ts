import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Failure, Result, Verdict } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type {
  RegisteredVersion,
  StoredBundle,
  Verification,
  VerificationWorld,
} from '../provenance/index.ts';
import {
  fileUnreadable,
  verificationSentence,
  verifyBytes,
  verifyRun,
  verifyVersion,
} from '../provenance/index.ts';
import type { Ledger, ModelVersion, ResolvedModel } from '../registry/index.ts';
import { resolveModel } from '../registry/index.ts';
import type { RunHistory } from '../runs/index.ts';
import { openRuns } from '../runs/index.ts';
import { asReference, digestOfFile } from './attest.ts';
import type { Effects } from './effects.ts';
import type { OpenedRegistry } from './open-registry.ts';
import { openRegistry } from './open-registry.ts';

export interface VerifyModelOptions {
  /** A version, a stage, a run, or a path to an ONNX file. */
  readonly reference: string;
  /** The version or run that the file has to be. */
  readonly as?: string;
  /** Files of attestations that come from elsewhere. */
  readonly bundles?: readonly string[];
  /** Do not ask the remote what stands where now. */
  readonly offline?: boolean;
}

export interface VerifyModelReport {
  readonly reference: string;
  readonly verification: Verification;
  /** The remote could not be asked, so that tags may be older than they are there. */
  readonly stale?: Failure;
}

/** Whether a model is what somebody who is trusted signed, by the records and attestations of this clone. */
export async function verifyModel(
  options: VerifyModelOptions,
  effects: Pick<Effects, 'cwd' | 'env'>,
): Promise<Result<VerifyModelReport, readonly Failure[]>> {
  const { cwd } = effects;
  const opened = await openRegistry(effects);
  if (!opened.ok) return opened;
  const world = await worldOf(opened.value, cwd, options.bundles ?? []);
  if (!world.ok) return failed([world.failure]);
  const stale = options.offline === true ? undefined : await staleness(opened.value.ledger);
  const file = options.as === undefined ? undefined : await bytesOf(cwd, options.reference);
  if (file?.ok === false) return failed([file.failure]);
  const model = await resolveModel(asReference(options.as ?? options.reference), {
    ledger: opened.value.ledger,
    runs: world.value.history,
    digestOfFile: (path) => digestOfFile(resolve(cwd, path)),
  });
  if (!model.ok) return failed([model.failure]);
  const isFile = model.value.reference.kind === 'file';
  const bytes = file ?? (isFile ? await bytesOf(cwd, options.reference) : undefined);
  if (bytes?.ok === false) return failed([bytes.failure]);
  const verified = await verify(model.value, world.value, bytes?.value);
  if (!verified.ok) return failed([verified.failure]);
  return success({
    reference: options.reference,
    verification: verified.value,
    ...(stale === undefined ? {} : { stale }),
  });
}

/** Brings the newest tags; why not, when that did not work. What this clone knows can be verified all the same. */
async function staleness(ledger: Ledger): Promise<Failure | undefined> {
  const news = await ledger.refresh();
  return news.ok ? undefined : news.failure;
}

/** For a promotion: whether somebody who is trusted signed for a version, in one sentence. */
export async function judgeProvenance(
  version: ModelVersion,
  opened: OpenedRegistry,
): Promise<Result<{ readonly verdict: Verdict; readonly because: string }, Failure>> {
  const registered = registeredVersion(version);
  if (registered === undefined) {
    return success({
      verdict: 'fail',
      because: `${version.name} was made by another tool, and names no digest`,
    });
  }
  const world = await worldOf(opened, opened.root, []);
  if (!world.ok) return world;
  const verified = await verifyVersion(registered, world.value);
  if (!verified.ok) return verified;
  return success({ verdict: verified.value.verdict, because: verificationSentence(verified.value) });
}

type Bytes = Parameters<typeof verifyBytes>[0];

function verify(
  { version, run, digest }: ResolvedModel,
  world: VerificationWorld,
  bytes: Bytes | undefined,
): ReturnType<typeof verifyBytes> {
  const registered = version === undefined ? undefined : registeredVersion(version);
  if (registered !== undefined && (run === undefined || registered.run === run.id)) {
    return verifyVersion(registered, world, bytes);
  }
  if (run !== undefined) return verifyRun({ id: run.id, pipeline: run.pipeline, digest }, world, bytes);
  return verifyBytes(bytes!, world);
}

/** What the tag of a version says, for the verification; `undefined` for a tag that another tool made. */
export function registeredVersion({ registered }: ModelVersion): RegisteredVersion | undefined {
  if (!('event' in registered)) return undefined;
  const { tag, event } = registered;
  const { model, digest, run, pipeline, record } = event;
  return { tag, model, digest, run, pipeline, record };
}

async function worldOf(
  { root, project, repository, openStore }: OpenedRegistry,
  cwd: string,
  files: readonly string[],
): Promise<Result<VerificationWorld, Failure>> {
  const store = await openStore();
  if (!store.ok) return store;
  const { branch } = project.runs;
  const history: RunHistory = openRuns({ repository, branch, root });
  const bundles: StoredBundle[] = [];
  for (const path of files) {
    const read = await bytesOf(cwd, path);
    if (!read.ok) return read;
    bundles.push({ path, bytes: read.value.bytes });
  }
  const { provenance } = project;
  return success({ root, provenance, repository, branch, history, store: store.value, bundles });
}

async function bytesOf(cwd: string, file: string): Promise<Result<Bytes, Failure>> {
  try {
    return success({ bytes: await readFile(resolve(cwd, file)), file });
  } catch (cause) {
    return failed(fileUnreadable(file, cause));
  }
}
