import path from 'node:path';
import type { PlannedStep } from '../plan.ts';
import type { RunContext } from './run-context.ts';

/** Files that the step declares and that are no longer what they were when the plan was made. */
export function changedFiles(step: PlannedStep, { state, root }: RunContext): readonly string[] {
  const base = step.work.kind === 'command' ? step.work.workingDirectory : root;
  return Object.entries(step.inputs).flatMap(([name, input]) => {
    if (!name.startsWith('file:') || !('digest' in input)) return [];
    const file = name.slice('file:'.length);
    const now = state.files.digest(path.join(base, file));
    return now.kind === 'file' && now.digest === input.digest ? [] : [file];
  });
}
