import type { Command } from 'commander';
import { Option } from 'commander';
import type { Console } from '../console.ts';
import { positiveInteger, verb } from './verb.ts';

/** runs export, reproduce. */
export function addRunsUseVerbs(runs: Command, console: Console): void {
  verb(
    runs,
    'reproduce [run]',
    'make a run again from its commit and data, and compare every byte and metric',
    ['trainyard runs reproduce latest', 'trainyard runs reproduce 20261121-031500-1f4a9c1e --keep'],
  )
    .option('--pipeline <name>', 'what `latest` is the latest of')
    .option('--keep', 'leave the folder with the commit, the data and all that was made')
    .addOption(new Option('--jobs <n>', 'steps at one time (default: the cores)').argParser(positiveInteger))
    .option('--md', 'as Markdown')
    .option('-v, --verbose', 'show what steps print')
    .action(async (run: string | undefined, _, command) => {
      const { reproduceVerb } = await import('../verbs/runs-reproduce.ts');
      await reproduceVerb(console, { run: run ?? 'latest', ...command.optsWithGlobals() });
    });
}
