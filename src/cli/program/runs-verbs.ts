import type { Command } from 'commander';
import { Option } from 'commander';
import type { Console } from '../console.ts';
import { positiveInteger, verb } from './verb.ts';

/** runs list, show, diff, tag, untag, note. */
export function addRunsVerbs(runs: Command, console: Console): void {
  verb(runs, 'list [pipeline]', 'run records, newest first, or as asked for', [
    'trainyard runs list heart-disease --limit 5',
    "trainyard runs list --where 'metrics.roc_auc > 0.9 and params.trees >= 200 or tag = best'",
    'trainyard runs list --where "started > 2026-03-01" --sort -metrics.roc_auc --differing',
    'trainyard runs list --group-by params.trees',
    'trainyard runs list --best roc_auc',
  ])
    .option(
      '--where <condition>',
      'only runs that meet it: = != < <= > >= ~, in (…), is missing, and, or, not',
    )
    .option('--sort <field>', 'by a field; -field from the largest')
    .option('--desc', 'the other way round')
    .option('--group-by <fields>', 'a line for each value, or with --best or --last a run', names)
    .option('--best [metric]', 'only the best run of each pipeline (default: by its main metric)')
    .option('--last', 'only the newest run of each pipeline')
    .option('--differing', 'show the parameters in which the runs differ')
    .option('--columns <fields>', 'show these fields too: params.trees,data.patients', names)
    .option('--archived', 'archived runs too')
    .addOption(new Option('--limit <n>', 'at most so many').argParser(positiveInteger).default(20))
    .action(async (pipeline: string | undefined, _, command) => {
      const { listVerb } = await import('../verbs/runs.ts');
      const { desc, ...options } = command.optsWithGlobals();
      await listVerb(console, {
        ...options,
        ...(pipeline === undefined ? {} : { pipeline }),
        ...(desc === undefined ? {} : { descending: desc }),
      });
    });
  verb(runs, 'show [run]', 'one run: an id, a beginning of one, latest, latest~1', [
    'trainyard runs show latest',
  ])
    .option('--pipeline <name>', 'what `latest` is the latest of')
    .action(async (run: string | undefined, _, command) => {
      const { showVerb } = await import('../verbs/runs.ts');
      await showVerb(console, { run: run ?? 'latest', ...command.optsWithGlobals() });
    });
  verb(runs, 'diff [base] [head]', 'what changed between two runs (default: the last two)', [
    'trainyard runs diff',
    'trainyard runs diff latest~1 latest --md',
  ])
    .option('--pipeline <name>', 'what `latest` is the latest of')
    .option('--md', 'as Markdown for a pull request')
    .action(async (base: string | undefined, head: string | undefined, _, command) => {
      const { diffVerb } = await import('../verbs/runs.ts');
      await diffVerb(console, {
        base: base ?? 'latest~1',
        head: head ?? 'latest',
        ...command.optsWithGlobals(),
      });
    });
  const annotations = [
    ['tag', 'tag <run> <tag>', 'mark a run with a word', 'trainyard runs tag latest best'],
    ['untag', 'untag <run> <tag>', 'take a tag back', 'trainyard runs untag latest best'],
    [
      'note',
      'note <run> <text>',
      'write down what people should know',
      'trainyard runs note latest "Trained on the cleaned data"',
    ],
  ] as const;
  for (const [kind, usage, description, example] of annotations) {
    verb(runs, usage, description, [example])
      .option('--pipeline <name>', 'what `latest` is the latest of')
      .option('--dry-run', 'say what would be written, and change nothing')
      .action(async (run: string, text: string, _, command) => {
        const { annotateVerb } = await import('../verbs/runs.ts');
        await annotateVerb(console, { kind, run, text, ...command.optsWithGlobals() });
      });
  }
}

/** `params.trees,seconds` */
function names(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').map((name) => name.trim())];
}
