import type { Command } from 'commander';
import type { Console } from '../console.ts';
import { verb } from './verb.ts';

/** data add. */
export function addDataVerbs(program: Command, console: Console): void {
  const data = program.command('data').description('rows of datasets');
  verb(
    data,
    'add <pipeline> <dataset> <file>',
    'new rows into a dataset, judged by its contract: all or none',
    [
      'trainyard data add heart-disease patients new.csv',
      'trainyard data add heart-disease patients new.ndjson --dry-run',
    ],
  )
    .option('--dry-run', 'judge them, and write nothing')
    .action(async (pipeline: string, dataset: string, file: string, _, command) => {
      const { addDataVerb } = await import('../verbs/add-data.ts');
      await addDataVerb(console, { pipeline, dataset, file, ...command.optsWithGlobals() });
    });
}
