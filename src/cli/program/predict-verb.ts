import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { Console } from '../console.ts';
import { positiveInteger, verb } from './verb.ts';

/** Batch scoring. */
export function addPredictVerb(program: Command, console: Console): void {
  verb(program, 'predict <model>', 'score the rows of files', [
    'trainyard predict heart-disease#production --input patients.parquet --output scored.parquet',
    "trainyard predict run:latest --input 'data/*.csv' --output scored.csv --columns key",
  ])
    .requiredOption('--input <files>', 'CSV or Parquet: a file, a glob, s3://bucket/key')
    .requiredOption('--output <file>', 'ends with .parquet or .csv; may be s3://bucket/key')
    .option('--columns <names>', 'of the input, to keep: all, key, none, or names with commas between', 'all')
    .option('--prefix <text>', 'goes before the names of the answers')
    .option('--rejects <file>', 'for rows that break the contract; .jsonl or .parquet')
    .option('--max-rejects <share>', 'of the rows that may break it, from 0 to 1', share, 0)
    .option('--delimiter <character>', 'of CSV input')
    .option('--threads <number>', 'that ask the model; one a core', positiveInteger)
    .option('--memory <size>', 'of the SQL engine, as 1GB')
    .option('--dry-run', 'look at model and input, and score nothing')
    .action(async (model: string, _, command) => {
      const { predictVerb } = await import('../verbs/predict.ts');
      await predictVerb(console, { model, ...command.optsWithGlobals() });
    });
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return value;
}
