import type { Command } from 'commander';
import type { Console } from '../console.ts';
import { verb } from './verb.ts';

export function addBuildVerb(program: Command, console: Console): void {
  verb(program, 'build <models...>', 'make a container image that answers for models', [
    'trainyard build heart-disease#production',
    'trainyard build heart-disease@v1.4.0 --push --tag registry.example.org/team/heart-disease:v1.4.0',
    'trainyard build heart-disease load-forecast --tag forecasts:7 --context-only',
  ])
    .option('--tag <name>', 'name of the image, with a tag or without (default: the model and its version)')
    .option(
      '--output <folder>',
      'for the context, the image and image.json (default: below .trainyard/images)',
    )
    .option(
      '--base <image>',
      'what it is built on (default: the setting, else distroless Node 22 on Debian 12)',
    )
    .option('--platform <platform>', 'linux/amd64 or linux/arm64 (default: the setting, else this machine)')
    .option('--push', "send it to its registry, in place of this machine's Docker")
    .option('--context-only', 'write the folder that Docker builds from, and end there')
    .option('--dry-run', 'say which image it would be, with its digest, and write nothing')
    .action(async (models: string[], _, command) => {
      const { buildVerb } = await import('../verbs/build.ts');
      await buildVerb(console, { models, ...command.optsWithGlobals() });
    });
}
