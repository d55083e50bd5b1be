import type { Command } from 'commander';
import { Option } from 'commander';
import type { Console } from '../console.ts';
import { verb } from './verb.ts';

/** register, models card. */
export function addRegisterVerbs(program: Command, models: Command, console: Console): void {
  verb(program, 'register <pipeline>', 'the model of a run as the next version of the pipeline', [
    'trainyard register heart-disease',
    'trainyard register heart-disease --dry-run',
    'trainyard register heart-disease --run 20261121-031500-1f4a9c1e --bump minor --why "new features"',
    'trainyard register heart-disease --as v2.0.0-rc.1',
  ])
    .option('--run <run>', 'which run (default: the newest of this commit or one before it)')
    .addOption(
      new Option('--bump <step>', 'how the number grows; auto: by what has changed')
        .choices(['auto', 'major', 'minor', 'patch'])
        .default('auto')
        .conflicts('as'),
    )
    .option('--as <version>', 'the number itself, such as v1.2.0')
    .option('--why <text>', 'what people should read about it')
    .option('--allow-inconclusive', 'also when a gate or contract of the run could not be judged')
    .option('--key <file>', 'SSH key to sign with (default: the one that Git knows)')
    .option('--no-promote', 'leave the stages with `auto: true` alone')
    .option('--dry-run', 'say what would be registered, and change nothing')
    .action(async (pipeline: string, _, command) => {
      const { registerVerb } = await import('../verbs/register.ts');
      await registerVerb(console, { pipeline, ...command.optsWithGlobals() });
    });

  verb(models, 'card <model>', 'the card of a version, as Markdown that Hugging Face reads', [
    'trainyard models card heart-disease',
    'trainyard models card heart-disease#production --output README.md',
  ])
    .option('--output <file>', 'write it there')
    .action(async (reference: string, _, command) => {
      const { modelCardVerb } = await import('../verbs/model-card.ts');
      await modelCardVerb(console, { reference, ...command.optsWithGlobals() });
    });
}
