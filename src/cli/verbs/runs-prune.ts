import type { PruneRunsOptions } from '../../commands/index.ts';
import { pruneRecords } from '../../commands/index.ts';
import { counted, visible } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export async function pruneVerb(console: Console, options: CommonOptions & PruneRunsOptions): Promise<void> {
  const done = await pruneRecords(options, effectsOf(console, options));
  if (!done.ok) return fail(console, options, done.failure);
  if (options.json === true) return printJson(console, done.value);
  const { archived, kept } = done.value;
  const dry = options.dryRun === true;
  if (dry) for (const { id, pipeline } of archived) console.out(`${id}  ${visible(pipeline)}\n`);
  for (const { id, pipeline, because } of kept) {
    console.err(`${id} of ${visible(pipeline)} stays: ${visible(because)}.\n`);
  }
  if (archived.length === 0) console.err('No run is to be archived.\n');
  else if (dry) console.err(`Would archive ${counted(archived.length, 'run')}.\n`);
  else {
    console.out(
      `Archived ${counted(archived.length, 'run')}. \`trainyard runs push\` does it on the remote.\n`,
    );
  }
}
