import type { Command } from 'commander';
import { Option } from 'commander';
import type { Console } from '../console.ts';
import { positiveInteger, verb } from './verb.ts';

export function addDeployVerb(program: Command, console: Console): void {
  verb(program, 'deploy <model>', 'bring what stands in a stage to where the stage runs', [
    'trainyard deploy heart-disease --to production',
    'trainyard deploy heart-disease --to production --dry-run',
    'trainyard deploy heart-disease --to staging --target docker --replicas 3',
  ])
    .requiredOption('--to <stage>', 'the stage; only what was promoted to it is deployed')
    .addOption(
      new Option(
        '--target <kind>',
        'files on the branch deploy/<stage>, or containers here; default: the setting',
      ).choices(['manifests', 'docker']),
    )
    .option('--image <reference>', 'an image that is built already, <repository>@<digest>')
    .option('--replicas <number>', 'docker: how many servers', positiveInteger)
    .option('--port <number>', 'docker: where the balancer listens', positiveInteger)
    .option('--remove', 'take the model down from where the stage runs; what stands in the stage stays')
    .option('--dry-run', 'only say what would change')
    .action(async (reference: string, _, command) => {
      const { deployVerb, undeployVerb } = await import('../verbs/deploy.ts');
      const { remove, ...options } = command.optsWithGlobals();
      await (remove === true ? undeployVerb : deployVerb)(console, { reference, ...options });
    });
}
