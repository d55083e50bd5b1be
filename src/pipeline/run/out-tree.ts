import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Failure } from '../../base/index.ts';
import { digestOfBytes } from '../../base/index.ts';
import type { Artifact } from '../cache.ts';
import type { Plan, PlannedStep, StepId } from '../plan.ts';
import { filesOfWork } from './outs.ts';
import type { RunContext } from './run-context.ts';

/**
 * Lays the outputs of a step out for people, under the names that the step gave them. They are copies: whoever
 * changes them harms nothing, and finds them as they should be after the next run.
 */
export async function layOut(
  step: PlannedStep,
  outputs: readonly Artifact[],
  { state, store, plan }: RunContext,
): Promise<{ readonly output: string; readonly failure: Failure } | undefined> {
  const folder = path.join(state.outFolder, plan.pipeline, folderName(step.id));
  const files = filesOfWork(step.work);
  for (const { name, digest } of outputs) {
    const file = files[name];
    if (file === undefined) continue;
    const target = path.join(folder, file);
    const there = state.files.digest(target);
    if (there.kind === 'file' && there.digest === digest) continue;
    // A folder where a file should be is of an older pipeline.
    if (there.kind === 'folder') await rm(target, { recursive: true, force: true });
    const copied = await store.copyTo(digest, target);
    if (!copied.ok) return { output: name, failure: copied.failure };
    state.files.note(target, digest);
  }
  return undefined;
}

/** Takes away the folders of steps that the pipeline no longer has. */
export async function pruneOut(plan: Plan, outFolder: string): Promise<void> {
  const folder = path.join(outFolder, plan.pipeline);
  const wanted = new Set(plan.steps.map((step) => folderName(step.id)));
  for (const name of await readdir(folder).catch(() => [])) {
    if (!wanted.has(name)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/** The id itself, where it is fit for the name of a folder. */
function folderName(id: StepId): string {
  const name = id
    .replace(/[^A-Za-z0-9._[\], =+@-]/gu, (character) => encodeURIComponent(character).replaceAll('*', '%2A'))
    .replace(/^\./, '%2E');
  return name.length <= 200 ? name : `${name.slice(0, 180)}-${digestOfBytes(id).slice(-16)}`;
}
