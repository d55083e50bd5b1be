import type { RunResult } from './result.ts';

/** A run as a text for people: jobs, steps, what they said when they failed. */
export function describeRun(run: RunResult): string {
  const lines = [`${run.workflow} #${run.number} (${run.event}): ${run.conclusion ?? run.status}`];
  for (const problem of run.problems) lines.push(`  ${problem}`);
  for (const job of run.jobs) {
    lines.push(`  ${job.name}: ${job.conclusion}`);
    for (const { level, message } of job.annotations) lines.push(`    ${level}: ${message}`);
    for (const step of job.steps) {
      lines.push(`    ${step.name}: ${step.conclusion}`);
      if (step.outcome === 'failure') lines.push(...step.log.split('\n').map((line) => `      | ${line}`));
    }
  }
  for (const { name, sizeInBytes } of run.artifacts) lines.push(`  artifact ${name}: ${sizeInBytes} bytes`);
  return `${lines.join('\n')}\n`;
}
