import type { Command } from 'commander';
import type { Console } from '../console.ts';
import { verb } from './verb.ts';

/** report. */
export function addReportVerb(program: Command, console: Console): void {
  verb(program, 'report <pipeline>', 'what a change did to a pipeline: the comment of its pull request', [
    'trainyard report heart-disease',
    'trainyard report heart-disease --base main --json --out report.json',
  ])
    .option('--run <id>', 'this run (default: the newest of the commit that is checked out)')
    .option('--base <branch>', 'the branch that the change goes to (default: of the pull request, or main)')
    .option('--out <file>', 'write it there')
    .option('--site <url>', 'link to the site')
    .option('--summary-url <url>', 'link to the full summary')
    .option('--unverified', 'say that the numbers come from a fork')
    .action(async (pipeline: string, _, command) => {
      const { reportVerb } = await import('../verbs/report.ts');
      await reportVerb(console, { pipeline, ...command.optsWithGlobals() });
    });
}
