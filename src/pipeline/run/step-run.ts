import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Artifact, CacheEntry } from '../cache.ts';
import type { StepOutcome } from '../outcome.ts';
import { lossesOf } from '../plan/intact.ts';
import type { HandedFile, Settled } from '../plan/settle.ts';
import type { StepCache } from '../plan/step-cache.ts';
import type { OutputReference, PlannedStep } from '../plan.ts';
import type { AttemptEnd } from './attempt.ts';
import { fileNameOf, runAttempt } from './attempt.ts';
import { changedFiles } from './changed-files.ts';
import { folderUnusable, inputLost } from './failures.ts';
import { openLog } from './log.ts';
import type { RunContext } from './run-context.ts';
import type { AttemptFolder } from './workspace.ts';

/** What the parts of an outcome that do not change say of a step. */
export function identityOfStep({
  id,
  step,
  matrix,
  needs,
}: PlannedStep): Pick<StepOutcome, 'id' | 'step' | 'matrix' | 'needs'> {
  return { id, step, matrix, needs };
}

/** The entry of the cache for what the step is now, if its outputs are all there and whole. */
export async function usableEntry(
  step: PlannedStep,
  settled: Settled,
  { store, state, listener }: RunContext,
): Promise<CacheEntry | undefined> {
  const entry = state.cache.get(settled.fingerprint);
  if (entry === undefined) return undefined;
  const losses = await lossesOf(entry, store, state.files);
  for (const loss of losses) {
    if (loss.problem === 'corrupted') listener({ kind: 'corrupted', step: step.id, output: loss.output });
  }
  return losses.length === 0 ? entry : undefined;
}

export interface StepRun {
  readonly step: PlannedStep;
  readonly settled: Settled;
  readonly threads: number;
  readonly producerOf: (reference: OutputReference) => PlannedStep | undefined;
}

/** The step could not be tried, for bytes that it reads are no longer in the store. */
export interface LostInput {
  readonly lost: HandedFile;
  readonly failure: Failure;
}

/** Runs a step until it succeeds or its retries are used up, and remembers its result. */
export async function runStep(run: StepRun, context: RunContext): Promise<StepOutcome | LostInput> {
  const { step, settled } = run;
  const { store, state, now } = context;
  const log = openLog();
  const start = now();
  let attempt = 0;
  let end: AttemptEnd;
  for (;;) {
    attempt++;
    context.listener({ kind: 'started', step: step.id, attempt });
    if (attempt > 1) log.add(`--- attempt ${attempt}`);
    const tried = await tryOnce(run, log, context);
    if ('lost' in tried) return tried;
    end = tried;
    if (end.kind !== 'failed' || end.lasting || attempt > step.retry) break;
    const afterSeconds = (context.backOffMilliseconds / 1000) * 2 ** (attempt - 1) * (0.5 + context.random());
    context.listener({ kind: 'retrying', step: step.id, attempt, afterSeconds, failure: end.failure });
    log.add(`${end.failure.message}; trying again after ${afterSeconds.toFixed(1)} s`);
    await sleep(afterSeconds * 1000, undefined, { signal: context.signal }).catch(() => undefined);
    if (context.signal.aborted) {
      end = { kind: 'cancelled' };
      break;
    }
  }
  if (end.kind === 'failed') log.add(end.failure.message);
  const kept = await store.putBytes(log.text());
  const logArtifact: Artifact | undefined = kept.ok ? { name: 'log', ...kept.value } : undefined;
  const seconds = (now() - start) / 1000;
  const outcome = {
    ...identityOfStep(step),
    fingerprint: settled.fingerprint,
    seconds,
    attempts: attempt,
    outputs: 'outputs' in end ? end.outputs : [],
    ...(logArtifact === undefined ? {} : { log: logArtifact }),
  };
  if (end.kind === 'cancelled') return { ...outcome, status: 'cancelled' };
  if (end.kind === 'failed') return { ...outcome, status: 'failed', failure: end.failure };
  const status = end.kind === 'rejected' ? 'rejected' : 'ran';
  if (!kept.ok) return { ...outcome, status: 'failed', failure: kept.failure };
  const changed = changedFiles(step, context);
  if (changed.length === 0) {
    const problem = await keep(state.cache, {
      version: 1,
      fingerprint: settled.fingerprint,
      ...(end.kind === 'rejected' ? { rejected: true } : {}),
      outputs: end.outputs,
      log: { name: 'log', ...kept.value },
      seconds,
    });
    return problem === undefined
      ? { ...outcome, status }
      : { ...outcome, status: 'failed', failure: problem };
  }
  // Which of the two contents the command has read, nobody knows: the result is good for this run only.
  const line = `${changed.join(', ')} changed while the step ran: it will run again next time`;
  context.listener({ kind: 'output', step: step.id, line });
  const { fingerprint: _, ...without } = outcome;
  return { ...without, status };
}

async function keep(cache: StepCache, entry: CacheEntry): Promise<Failure | undefined> {
  try {
    await cache.put(entry);
    return undefined;
  } catch (cause) {
    return folderUnusable('.trainyard/cache', cause);
  }
}

async function tryOnce(
  run: StepRun,
  log: ReturnType<typeof openLog>,
  context: RunContext,
): Promise<AttemptEnd | LostInput> {
  const { step, settled } = run;
  let folder: AttemptFolder;
  try {
    folder = await (await context.workspace()).attempt(step.id);
  } catch (cause) {
    return { kind: 'failed', failure: folderUnusable(context.state.workFolder, cause), lasting: true };
  }
  try {
    const paths = await handOver(run, folder, context);
    if (!paths.ok) return paths.failure;
    const { work, files } = settled;
    return await runAttempt(
      { step, work, files, paths: paths.value, folder, log, threads: run.threads },
      context,
    );
  } finally {
    await folder.remove();
  }
}

/** Copies what the step reads out of the store, verified, so that it can do with its copies what it likes. */
async function handOver(
  { step, settled, producerOf }: StepRun,
  folder: AttemptFolder,
  { store }: RunContext,
): Promise<Result<ReadonlyMap<OutputReference, string>, LostInput>> {
  const paths = new Map<OutputReference, string>();
  for (const [n, file] of settled.files.entries()) {
    const { reference, artifact } = file;
    const target = path.join(folder.inputs, String(n), fileNameOf(reference, producerOf(reference)));
    const copied = await store.copyTo(artifact.digest, target);
    if (!copied.ok)
      return failed({
        lost: file,
        failure: inputLost(`${reference.step}/${reference.output}`, copied.failure),
      });
    paths.set(reference, target);
  }
  const { work } = step;
  if (work.kind !== 'builtin' || work.request.uses !== 'gates') return success(paths);
  for (const { name, digest } of work.request.baselines) {
    if (digest === undefined) continue;
    const reference = { step: 'baseline', output: name };
    const target = path.join(folder.inputs, `baseline-${paths.size}`, 'model.onnx');
    const copied = await store.copyTo(digest, target);
    if (!copied.ok) {
      const lost = { reference, artifact: { name, digest, bytes: 0 } };
      return failed({ lost, failure: inputLost(`baseline/${name}`, copied.failure) });
    }
    paths.set(reference, target);
  }
  return success(paths);
}
