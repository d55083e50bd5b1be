import type { Command } from 'commander';
import { Option } from 'commander';
import type { Console } from '../console.ts';
import { collect, positiveInteger, verb } from './verb.ts';

/** check, validate, run, why. */
export function addPipelineVerbs(program: Command, console: Console): void {
  verb(
    program,
    'check [paths...]',
    "every mistake in pipeline, contract and project files and in the site's pages, links that lead to nothing among them, at its line and column",
    ['trainyard check', 'trainyard check pipelines/heart-disease/pipeline.yaml'],
  ).action(async (paths: string[], _, command) => {
    const { checkVerb } = await import('../verbs/check.ts');
    await checkVerb(console, { paths, ...command.optsWithGlobals() });
  });

  verb(program, 'validate <pipeline>', 'data against its contract; failing rows with file and line', [
    'trainyard validate heart-disease',
    'trainyard validate heart-disease --data patients --json',
  ])
    .option('--data <name>', 'only this dataset')
    .action(async (pipeline: string, _, command) => {
      const { validateVerb } = await import('../verbs/validate.ts');
      await validateVerb(console, { pipeline, ...command.optsWithGlobals() });
    });

  verb(program, 'run <pipeline>', 'plan, execute what is stale, judge the gates, record', [
    'trainyard run heart-disease',
    'trainyard run heart-disease --param trees=300 --dry-run',
  ])
    .option('--param <name=value>', 'another value for a parameter; repeatable', collect)
    .option('--force <step>', 'run this step again, or "all"; repeatable', collect)
    .addOption(new Option('--jobs <n>', 'steps at one time (default: the cores)').argParser(positiveInteger))
    .option('--dry-run', 'print the plan, and change nothing')
    .option('--no-record', 'keep no record of this run')
    .option('--push', 'send the record to the remote, as `runs push` does')
    .option('-v, --verbose', 'show what steps print')
    .action(async (pipeline: string, _, command) => {
      const { runVerb } = await import('../verbs/run.ts');
      await runVerb(console, { pipeline, ...command.optsWithGlobals() });
    });

  verb(program, 'why <pipeline> <step>', 'which input made the step stale', [
    'trainyard why heart-disease train',
  ])
    .option('--param <name=value>', 'another value for a parameter; repeatable', collect)
    .action(async (pipeline: string, step: string, _, command) => {
      const { whyVerb } = await import('../verbs/why.ts');
      await whyVerb(console, { pipeline, step, ...command.optsWithGlobals() });
    });
}
