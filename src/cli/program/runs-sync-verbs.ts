import type { Command } from 'commander';
import type { Console } from '../console.ts';
import { verb } from './verb.ts';

/** runs push, pull. */
export function addRunsSyncVerbs(runs: Command, console: Console): void {
  verb(runs, 'push', 'send run records to the remote, and bring those of others', ['trainyard runs push'])
    .option('--remote <name>', 'another remote than origin')
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
}
