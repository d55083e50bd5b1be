import type { Digest, Failure, Json, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Artifact } from '../cache.ts';
import type { Contexts } from '../expressions.ts';
import { evaluateTemplate } from '../expressions.ts';
import type { OutputReference, StepId, Work } from '../plan.ts';
import type { Draft } from './drafts.ts';
import type { Inputs } from './fingerprint.ts';
import { fingerprintOf, joinInputs } from './fingerprint.ts';

/** A step whose needs have ended: everything that it depends on is known. */
export interface Settled {
  readonly work: Work;
  /** What it is handed. */
  readonly files: readonly HandedFile[];
  readonly inputs: Inputs;
  readonly fingerprint: Digest;
}

export interface HandedFile {
  readonly reference: OutputReference;
  readonly artifact: Artifact;
}

/** The outputs of a step that has ended well, now or in an earlier run; `undefined` when it gave none. */
export type OutputsOf = (step: StepId) => readonly Artifact[] | undefined;

/** Completes a step by the outputs of those before it. `contexts` are for commands whose text reads them. */
export function settle(draft: Draft, outputsOf: OutputsOf, contexts: Contexts): Result<Settled, Failure> {
  const files: HandedFile[] = [];
  const handed: Record<string, Inputs[string]> = {};
  for (const reference of draft.reads) {
    const artifact = outputsOf(reference.step)?.find(({ name }) => name === reference.output);
    const input = `output:${reference.step}/${reference.output}`;
    // A step that was allowed to fail leaves a gap.
    handed[input] = artifact === undefined ? { value: null } : { digest: artifact.digest };
    if (artifact !== undefined) files.push({ reference, artifact });
  }
  const work = complete(draft.work, files, contexts);
  if (!work.ok) return work;
  const inputs = joinInputs(draft.inputs, openInputs(draft.work, work.value), handed);
  return success({ work: work.value, files, inputs, fingerprint: fingerprintOf(inputs) });
}

/** What the plan knows of a step whose needs still have to run. */
export function knownInputs(draft: Draft, outputsOf: OutputsOf): Inputs {
  const handed = draft.reads.flatMap(({ step, output }) => {
    const artifact = outputsOf(step)?.find(({ name }) => name === output);
    return artifact === undefined ? [] : [[`output:${step}/${output}`, { digest: artifact.digest }] as const];
  });
  return joinInputs(draft.inputs, Object.fromEntries(handed));
}

function complete(work: Work, files: readonly HandedFile[], contexts: Contexts): Result<Work, Failure> {
  if (work.kind === 'builtin') {
    const { request } = work;
    if (request.uses === 'train') {
      // The rows are part of what the model's bytes follow from, so they stand in its metadata.
      const rows = files.find(({ reference }) => reference.output === 'train')?.artifact.digest;
      const lineage = { ...request.lineage, ...(rows === undefined ? {} : { rows }) };
      return success({ kind: 'builtin', request: { ...request, lineage } });
    }
    if (request.uses !== 'evaluate') return success(work);
    const there = new Set(files.map(({ reference }) => `${reference.step}/${reference.output}`));
    const models = request.models.filter((model) => there.has(`${model}/model`));
    return success({ kind: 'builtin', request: { ...request, models } });
  }
  if (!work.open) return success(work);
  const run = evaluateTemplate(work.run, contexts);
  if (!run.ok) return run;
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(work.env)) {
    const result = evaluateTemplate(value, contexts);
    if (!result.ok) return failed(result.failure);
    env[name] = String(result.value ?? '');
  }
  return success({ ...work, run: String(run.value ?? ''), env, open: false });
}

function openInputs(before: Work, after: Work): Inputs {
  if (before.kind !== 'command' || !before.open || after.kind !== 'command') return {};
  const env = Object.entries(after.env).map(
    ([name, value]) => [`env:${name}`, { value: value as Json }] as const,
  );
  return { run: { value: after.run }, ...Object.fromEntries(env) };
}
