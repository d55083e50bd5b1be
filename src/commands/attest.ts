import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Digest, Failure, Result } from '../base/index.ts';
import { digestOfBytes, failed, success } from '../base/index.ts';
import type { Attested, SignedWith, Statement } from '../provenance/index.ts';
import {
  attestRun,
  recordChanged,
  recordDigest,
  runUnknown,
  signedWith,
  signingOf,
  statementOfRun,
} from '../provenance/index.ts';
import type { ResolvedModel } from '../registry/index.ts';
import { resolveModel } from '../registry/index.ts';
import type { RunHistory, RunRecord } from '../runs/index.ts';
import { openRuns } from '../runs/index.ts';
import type { Effects } from './effects.ts';
import { openRegistry } from './open-registry.ts';

export interface AttestOptions {
  /** A run, or a version that a run was registered as. */
  readonly reference: string;
  /** File of a private key. */
  readonly key?: string;
  readonly dryRun?: boolean;
}

export interface AttestReport {
  /** What is, or would be, signed. */
  readonly statement: Statement;
  /** Absent in a dry run without anything to sign with. */
  readonly signedWith?: SignedWith;
  /** Absent in a dry run. */
  readonly attested?: Omit<Attested, 'statement'>;
  /** There is a remote that does not have the attestation yet. */
  readonly toPush: boolean;
}

/** Signs where a model comes from, and keeps the attestation on the runs branch. */
export async function attest(
  { reference, key, dryRun }: AttestOptions,
  effects: Pick<Effects, 'cwd' | 'env' | 'now'>,
): Promise<Result<AttestReport, readonly Failure[]>> {
  const { cwd, env } = effects;
  const opened = await openRegistry(effects);
  if (!opened.ok) return opened;
  const { root, project, repository, remote, ledger } = opened.value;
  const { branch } = project.runs;
  const runs = openRuns({ repository, branch, root });
  const model = await resolveModel(asReference(reference), {
    ledger,
    runs,
    digestOfFile: (file) => digestOfFile(resolve(cwd, file)),
  });
  if (!model.ok) return failed([model.failure]);
  const record = await recordOf(model.value, reference, runs);
  if (!record.ok) return failed([record.failure]);
  const { model: name } = model.value;
  const options = { record: record.value, env, ...(name === undefined ? {} : { model: name }) };
  const signing = await signingOf({ env, cwd, ...(key === undefined ? {} : { key }) });
  if (dryRun === true) {
    const statement = statementOfRun(options);
    if (!statement.ok) return failed([statement.failure]);
    // What would be signed can be looked at without a key; a key that is wrong is told all the same.
    if (!signing.ok && signing.failure.code !== 'provenance-no-signer') return failed([signing.failure]);
    const by = signing.ok ? { signedWith: signedWith(signing.value) } : {};
    return success({ statement: statement.value, ...by, toPush: false });
  }
  if (!signing.ok) return failed([signing.failure]);
  const time = effects.now();
  const attested = await attestRun({ ...options, signing: signing.value, time }, { repository, branch });
  if (!attested.ok) return failed([attested.failure]);
  const { statement, ...rest } = attested.value;
  const toPush = remote !== undefined && rest.commit !== undefined;
  return success({ statement, signedWith: rest.signedWith, attested: rest, toPush });
}

/** A plain id is one of a run: models are named otherwise. */
export function asReference(text: string): string {
  return /^(\d{8}-\d{6}-[0-9a-f]{8}|latest(~\d+)?)$/.test(text) ? `run:${text}` : text;
}

/** The record that the model is attested from: of the run, or of the run that the version was registered from. */
async function recordOf(
  { run, version }: ResolvedModel,
  reference: string,
  runs: RunHistory,
): Promise<Result<RunRecord, Failure>> {
  if (run !== undefined) return success(run);
  const registered = version?.registered;
  if (registered === undefined || !('event' in registered)) return failed(runUnknown(reference));
  const { event, tag } = registered;
  const found = await runs.find(event.run, event.pipeline);
  if (!found.ok) return found;
  return recordDigest(found.value) === event.record ? found : failed(recordChanged(tag, event.run));
}

/** The digest of a file; `undefined` when it cannot be read. */
export async function digestOfFile(file: string): Promise<Digest | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  return bytes === undefined ? undefined : digestOfBytes(bytes);
}
