import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { Console } from '../console.ts';
import { positiveInteger, verb } from './verb.ts';

/** runs push, pull, prune. */
export function addRunsSyncVerbs(runs: Command, console: Console): void {
  verb(runs, 'push', 'send run records to the remote, and bring those of others', [
    'trainyard runs push',
    'trainyard runs push --via github',
  ])
    .option('--remote <name>', 'another remote than origin')
    .addOption(
      new Option('--via <way>', 'over Git, or through the API of GitHub in its CI')
        .choices(['git', 'github'])
        .default('git'),
    )
    .option('--dry-run', 'say what would be sent, and change nothing')
    .action(async (_, command) => {
      const { pushVerb } = await import('../verbs/runs-sync.ts');
      await pushVerb(console, command.optsWithGlobals());
    });

  verb(runs, 'pull', 'bring the run records of others from the remote', ['trainyard runs pull'])
    .option('--remote <name>', 'another remote than origin')
    .option('--dry-run', 'say what would come, and change nothing')
    .action(async (_, command) => {
      const { pullVerb } = await import('../verbs/runs-sync.ts');
      await pullVerb(console, command.optsWithGlobals());
    });

  verb(runs, 'prune', 'archive old run records; `runs show <id>` still finds them', [
    'trainyard runs prune --older-than 180d --dry-run',
    'trainyard runs prune --older-than 90d --pipeline heart-disease --keep-last 100',
  ])
    .addOption(
      new Option('--older-than <days>', 'only runs that started so long ago: 180d')
        .argParser(days)
        .makeOptionMandatory(),
    )
    .option('--pipeline <name>', 'only runs of this pipeline')
    .addOption(
      new Option('--keep-last <n>', 'the newest so many of each pipeline stay')
        .argParser(positiveInteger)
        .default(1),
    )
    .option('--dry-run', 'say what would be archived, and change nothing')
    .action(async (_, command) => {
      const { pruneVerb } = await import('../verbs/runs-prune.ts');
      await pruneVerb(console, command.optsWithGlobals());
    });
}

/** `180d` */
function days(text: string): number {
  const number = /^(\d{1,5})d?$/.exec(text)?.[1];
  if (number === undefined) throw new InvalidArgumentError('It is a number of days, such as 180d.');
  return Number(number);
}
