import type { Command } from 'commander';
import { Option } from 'commander';
import type { Console } from '../console.ts';
import { collect, positiveInteger, verb } from './verb.ts';

/** runs export, reproduce. */
export function addRunsUseVerbs(runs: Command, console: Console): void {
  verb(runs, 'export [pipeline]', 'runs as CSV, Parquet, a tracking store of MLflow, or files for DVC', [
    'trainyard runs export heart-disease --to csv --output runs.csv',
    "trainyard runs export --to parquet --output good.parquet --where 'metrics.roc_auc > 0.9'",
    'trainyard runs export --to mlflow --output mlruns --limit 500',
    'trainyard runs export --run latest --to dvc --output .',
  ])
    .addOption(
      new Option('--to <format>', 'the form')
        .choices(['csv', 'parquet', 'mlflow', 'dvc'])
        .makeOptionMandatory(),
    )
    .requiredOption('--output <path>', 'a file; for mlflow and dvc a folder')
    .option('--where <condition>', 'only runs that meet it, as in `runs list`')
    .option('--run <run>', 'only this run: an id, a beginning of one, latest; repeatable', collect)
    .addOption(new Option('--limit <n>', 'at most so many, the newest').argParser(positiveInteger))
    .option('--force', 'replace what an earlier export wrote')
    .option('--escape-formulas', 'in CSV, put an apostrophe before texts that a spreadsheet would run')
    .option('--dry-run', 'count the runs, and write nothing')
    .action(async (pipeline: string | undefined, _, command) => {
      const { exportVerb } = await import('../verbs/runs-export.ts');
      await exportVerb(console, {
        ...(pipeline === undefined ? {} : { pipeline }),
        ...command.optsWithGlobals(),
      });
    });
  verb(runs, 'reproduce [run]', 'make a run again from its commit and data, and compare every result', [
    'trainyard runs reproduce latest',
    'trainyard runs reproduce 20261121-031500-1f4a9c1e --keep',
  ])
    .option('--pipeline <name>', 'what `latest` is the latest of')
    .option('--keep', 'leave the folder with the commit, the data and all that was made')
    .addOption(new Option('--jobs <n>', 'steps at one time (default: the cores)').argParser(positiveInteger))
    .option('--md', 'as Markdown')
    .option('-v, --verbose', 'show what steps print')
    .action(async (run: string | undefined, _, command) => {
      const { reproduceVerb } = await import('../verbs/runs-reproduce.ts');
      await reproduceVerb(console, { run: run ?? 'latest', ...command.optsWithGlobals() });
    });
}
