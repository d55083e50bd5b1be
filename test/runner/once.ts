import { FolderForge } from './folder-forge.ts';
import type { RunnerOptions } from './options.ts';
import type { JobResult, RunResult, StepResult } from './result.ts';
import { Runner } from './runner.ts';

/** Pushes a repository with one workflow, and waits for what it gives. */
export async function runOnce(
  workflow: string,
  files: Readonly<Record<string, string>> = {},
  options: Omit<RunnerOptions, 'forge'> = {},
): Promise<RunResult> {
  await using forge = await FolderForge.start({ ...files, '.github/workflows/w.yml': workflow });
  await using runner = new Runner({ forge, ...options });
  forge.push({ 'changed.txt': 'x' });
  const [run] = await runner.idle();
  if (run === undefined) throw new Error(`nothing began: ${JSON.stringify(runner.notStarted)}`);
  return run;
}

export function job(run: RunResult, name: string): JobResult {
  const found = run.jobs.find((one) => one.name === name || one.id === name);
  if (found === undefined) throw new Error(`no job ${name} in ${run.jobs.map((one) => one.name).join(', ')}`);
  return found;
}

export function step(run: RunResult, jobName: string, name: string): StepResult {
  const found = job(run, jobName).steps.find((one) => one.id === name || one.name === name);
  if (found === undefined) throw new Error(`no step ${name} in ${jobName}`);
  return found;
}

/** Job -> how it ended. */
export function conclusions(run: RunResult): Record<string, string> {
  return Object.fromEntries(run.jobs.map(({ name, conclusion }) => [name, conclusion]));
}
