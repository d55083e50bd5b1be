import type { Command } from 'commander';
import type { Console } from '../console.ts';
import { verb } from './verb.ts';

/** init. */
export function addInitVerb(program: Command, console: Console, version: string): void {
  verb(program, 'init [folder]', 'a repository that runs as it is: pipeline, contract, workflows', [
    'trainyard init',
    'trainyard init --data patients.csv --target diagnosis',
    'trainyard init --update',
  ])
    .option('--data <file>', 'make a pipeline of these rows (CSV), with a contract inferred from them')
    .option('--target <column>', 'the column of the rows that is to be predicted')
    .option('--key <columns>', 'what identifies a row (default: the first column that does); commas between')
    .option('--name <name>', 'of the pipeline (default: that of the file)')
    .option(
      '--update',
      'bring the workflows that an earlier init wrote up to date; parts that you edited stay',
    )
    .option('--force', 'replace what is there')
    .option('--dry-run', 'show what would be written, and change nothing')
    .option('--pin <commit>', 'the commit of Trainyard that the workflows name (default: of this version)')
    .option('--from <owner/name>', 'where Trainyard is, for a mirror; "." when it is in this repository')
    .option('--no-workflows', 'write no workflows')
    .action(async (folder: string | undefined, _, command) => {
      const { initVerb } = await import('../verbs/init.ts');
      const given = folder === undefined ? {} : { folder };
      await initVerb(console, { ...given, ...command.optsWithGlobals() }, version);
    });
}
