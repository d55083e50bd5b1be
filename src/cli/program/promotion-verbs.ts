import type { Command } from 'commander';
import type { Console } from '../console.ts';
import { verb } from './verb.ts';

const keyHelp = 'SSH key to sign with (default: the one that Git knows)';

/** promote, approve, rollback, archive. */
export function addPromotionVerbs(program: Command, console: Console): void {
  verb(program, 'promote [model]', 'a version to a stage, when every condition is met', [
    'trainyard promote heart-disease --to staging',
    'trainyard promote heart-disease@v1.4.0 --to production --why "better on the north wards"',
    'trainyard promote heart-disease#staging --to production --dry-run',
    'trainyard promote --from-tag "heart-disease#production#7"',
  ])
    .option('--to <stage>', 'a stage of trainyard.yaml')
    .option('--from-tag <tag>', 'answer a tag that somebody pushed: complete it or refuse it')
    .option('--why <text>', 'what people should read about it')
    .option('--key <file>', keyHelp)
    .option('--dry-run', 'print the whole decision, and change nothing')
    .option('--md', 'as Markdown for the summary of a job')
    .action(async (reference: string | undefined, _, command) => {
      const { promoteVerb } = await import('../verbs/promote.ts');
      await promoteVerb(console, { reference, ...command.optsWithGlobals() });
    });

  verb(program, 'approve <version>', 'say that somebody else may promote a version to a stage', [
    'trainyard approve heart-disease@v1.4.0 --to production',
  ])
    .requiredOption('--to <stage>', 'a stage of trainyard.yaml')
    .option('--why <text>', 'what people should read about it')
    .option('--key <file>', keyHelp)
    .option('--dry-run', 'say what would be approved, and change nothing')
    .action(async (reference: string, _, command) => {
      const { approveVerb } = await import('../verbs/approve.ts');
      await approveVerb(console, { reference, ...command.optsWithGlobals() });
    });

  verb(program, 'rollback <model>', 'the version that stood in a stage before, without gates', [
    'trainyard rollback heart-disease --stage production --why "answers are too slow"',
    'trainyard rollback heart-disease#production --to v1.3.0 --why "answers are too slow"',
  ])
    .option('--stage <stage>', 'where')
    .option('--to <version>', 'another version that stood there (default: the one before the present one)')
    .requiredOption('--why <text>', 'what people should read about it')
    .option('--key <file>', keyHelp)
    .option('--dry-run', 'say what would be brought back, and change nothing')
    .action(async (reference: string, _, command) => {
      const { rollbackVerb } = await import('../verbs/rollback.ts');
      await rollbackVerb(console, { reference, ...command.optsWithGlobals() });
    });

  verb(program, 'archive <version>', 'a version that may not be promoted any more', [
    'trainyard archive heart-disease@v1.2.0 --why "trained on wrong labels"',
    'trainyard archive heart-disease@v1.4.0 --withdraw --why "trained on wrong labels"',
  ])
    .requiredOption('--why <text>', 'what people should read about it')
    .option('--withdraw', 'take it out of the stages where it stands first')
    .option('--key <file>', keyHelp)
    .option('--dry-run', 'say what would be archived, and change nothing')
    .action(async (reference: string, _, command) => {
      const { archiveVerb } = await import('../verbs/archive.ts');
      await archiveVerb(console, { reference, ...command.optsWithGlobals() });
    });
}
