import type { Command } from 'commander';
import { Option } from 'commander';
import type { Console } from '../console.ts';
import { verb } from './verb.ts';

/** Models in the form that an application embeds. */
export function addExportVerb(program: Command, console: Console): void {
  verb(program, 'export <model>', 'write a model for an application: a folder for browsers', [
    'trainyard export heart-disease#production --to web --output public/heart-disease',
  ])
    .addOption(new Option('--to <form>', 'what to write').choices(['web']).makeOptionMandatory())
    .requiredOption('--output <folder>', 'where to write it')
    .option('--dry-run', 'say what would be written, and write nothing')
    .action(async (model: string, _, command) => {
      const { exportVerb } = await import('../verbs/export.ts');
      await exportVerb(console, { model, ...command.optsWithGlobals() });
    });
}
