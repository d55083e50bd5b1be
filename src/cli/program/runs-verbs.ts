import type { Command } from 'commander';
import { Option } from 'commander';
import type { Console } from '../console.ts';
import { positiveInteger, verb } from './verb.ts';

/** runs list, show, diff. */
export function addRunsVerbs(runs: Command, console: Console): void {
  verb(runs, 'list [pipeline]', 'run records, newest first', ['trainyard runs list heart-disease --limit 5'])
    .addOption(new Option('--limit <n>', 'at most so many').argParser(positiveInteger).default(20))
    .action(async (pipeline: string | undefined, _, command) => {
      const { listVerb } = await import('../verbs/runs.ts');
      await listVerb(console, { pipeline, ...command.optsWithGlobals() });
    });
  verb(runs, 'show [run]', 'one run: an id, a beginning of one, latest, latest~1', [
    'trainyard runs show latest',
  ])
    .option('--pipeline <name>', 'what `latest` is the latest of')
    .action(async (run: string | undefined, _, command) => {
      const { showVerb } = await import('../verbs/runs.ts');
      await showVerb(console, { run: run ?? 'latest', ...command.optsWithGlobals() });
    });
  verb(runs, 'diff [base] [head]', 'what changed between two runs (default: the last two)', [
    'trainyard runs diff',
    'trainyard runs diff latest~1 latest --md',
  ])
    .option('--pipeline <name>', 'what `latest` is the latest of')
    .option('--md', 'as Markdown for a pull request')
    .action(async (base: string | undefined, head: string | undefined, _, command) => {
      const { diffVerb } = await import('../verbs/runs.ts');
      await diffVerb(console, {
        base: base ?? 'latest~1',
        head: head ?? 'latest',
        ...command.optsWithGlobals(),
      });
    });
}
