import { Command, InvalidArgumentError, Option } from 'commander';
import type { Console } from './console.ts';

/** Builds the command line: names, options, help. What a verb does is loaded when the verb is called. */
export function buildProgram(console: Console, version: string): Command {
  const program = new Command('trainyard')
    .description('Machine learning operated from a Git repository, with no server to run.')
    .version(version, '-V, --version')
    .option('-C, --directory <folder>', 'work as if started in this folder')
    .option('--json', 'print the result as JSON on standard output')
    .showHelpAfterError('(trainyard <verb> --help shows what it takes)')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: console.out, writeErr: console.err })
    .exitOverride()
    .hook('preAction', async (_, action) => {
      const { checkDirectory } = await import('./directory.ts');
      checkDirectory(console, action.optsWithGlobals());
    });

  verb(
    program,
    'check [paths...]',
    'every mistake in pipeline, contract and project files, at its line and column',
    ['trainyard check', 'trainyard check pipelines/heart-disease/pipeline.yaml'],
  ).action(async (paths: string[], _, command) => {
    const { checkVerb } = await import('./verbs/check.ts');
    await checkVerb(console, { paths, ...command.optsWithGlobals() });
  });

  verb(program, 'validate <pipeline>', 'data against its contract; failing rows with file and line', [
    'trainyard validate heart-disease',
    'trainyard validate heart-disease --data patients --json',
  ])
    .option('--data <name>', 'only this dataset')
    .action(async (pipeline: string, _, command) => {
      const { validateVerb } = await import('./verbs/validate.ts');
      await validateVerb(console, { pipeline, ...command.optsWithGlobals() });
    });

  verb(program, 'run <pipeline>', 'plan, execute what is stale, judge the gates, record', [
    'trainyard run heart-disease',
    'trainyard run heart-disease --param trees=300 --dry-run',
  ])
    .option('--param <name=value>', 'another value for a parameter; repeatable', collect)
    .option('--force <step>', 'run this step again, or "all"; repeatable', collect)
    .addOption(new Option('--jobs <n>', 'steps at one time (default: the cores)').argParser(positiveInteger))
    .option('--dry-run', 'print the plan, and change nothing')
    .option('--no-record', 'keep no record of this run')
    .option('-v, --verbose', 'show what steps print')
    .action(async (pipeline: string, _, command) => {
      const { runVerb } = await import('./verbs/run.ts');
      await runVerb(console, { pipeline, ...command.optsWithGlobals() });
    });

  verb(program, 'why <pipeline> <step>', 'which input made the step stale', [
    'trainyard why heart-disease train',
  ])
    .option('--param <name=value>', 'another value for a parameter; repeatable', collect)
    .action(async (pipeline: string, step: string, _, command) => {
      const { whyVerb } = await import('./verbs/why.ts');
      await whyVerb(console, { pipeline, step, ...command.optsWithGlobals() });
    });

  const runs = program.command('runs').description('query and compare run records');
  verb(runs, 'list [pipeline]', 'run records, newest first', ['trainyard runs list heart-disease --limit 5'])
    .addOption(new Option('--limit <n>', 'at most so many').argParser(positiveInteger).default(20))
    .action(async (pipeline: string | undefined, _, command) => {
      const { listVerb } = await import('./verbs/runs.ts');
      await listVerb(console, { pipeline, ...command.optsWithGlobals() });
    });
  verb(runs, 'show [run]', 'one run: an id, a beginning of one, latest, latest~1', [
    'trainyard runs show latest',
  ])
    .option('--pipeline <name>', 'what `latest` is the latest of')
    .action(async (run: string | undefined, _, command) => {
      const { showVerb } = await import('./verbs/runs.ts');
      await showVerb(console, { run: run ?? 'latest', ...command.optsWithGlobals() });
    });
  verb(runs, 'diff [base] [head]', 'what changed between two runs (default: the last two)', [
    'trainyard runs diff',
    'trainyard runs diff latest~1 latest --md',
  ])
    .option('--pipeline <name>', 'what `latest` is the latest of')
    .option('--md', 'as Markdown for a pull request')
    .action(async (base: string | undefined, head: string | undefined, _, command) => {
      const { diffVerb } = await import('./verbs/runs.ts');
      await diffVerb(console, {
        base: base ?? 'latest~1',
        head: head ?? 'latest',
        ...command.optsWithGlobals(),
      });
    });
  return program;
}

function verb(parent: Command, usage: string, description: string, examples: readonly string[]): Command {
  return parent
    .command(usage)
    .configureHelp({ showGlobalOptions: true })
    .description(description)
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}`);
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}
