import type { Command } from 'commander';
import type { Console } from '../console.ts';
import { verb } from './verb.ts';

const elsewhere = 'of another repository: its URL, or its folder; no clone is needed';
const offline = 'what this clone knows, without a look at the remote';

/** models list, show, history. */
export function addModelsVerbs(models: Command, console: Console): void {
  verb(models, 'list', 'every model: its newest version, and what stands in each stage', [
    'trainyard models list',
    'trainyard models list --stage production --json',
    'trainyard models list --repo https://example.org/models.git',
  ])
    .option('--stage <name>', 'only models of which a version stands there')
    .option('--repo <url or path>', elsewhere)
    .option('--offline', offline)
    .action(async (_, command) => {
      const { listModelsVerb } = await import('../verbs/models.ts');
      await listModelsVerb(console, command.optsWithGlobals());
    });
  verb(models, 'show <model>', 'the versions of a model; or one of them, and what happened to it', [
    'trainyard models show heart-disease',
    'trainyard models show heart-disease#production',
    'trainyard models show heart-disease@v1.4.0 --json',
  ])
    .option('--repo <url or path>', elsewhere)
    .option('--offline', offline)
    .action(async (reference: string, _, command) => {
      const { showModelVerb } = await import('../verbs/models.ts');
      await showModelVerb(console, { reference, ...command.optsWithGlobals() });
    });
  verb(models, 'history <model>', 'what happened to a model: who, when, why; or what was where on a date', [
    'trainyard models history heart-disease',
    'trainyard models history heart-disease --at 2026-03-01 --stage production',
    'trainyard models history heart-disease --at 2026-03-01T12:00Z',
  ])
    .option('--at <time>', 'what was where then; a day means its end in UTC')
    .option('--stage <name>', 'only this stage')
    .option('--repo <url or path>', elsewhere)
    .option('--offline', offline)
    .action(async (model: string, _, command) => {
      const { historyVerb } = await import('../verbs/models.ts');
      await historyVerb(console, { model, ...command.optsWithGlobals() });
    });
}
