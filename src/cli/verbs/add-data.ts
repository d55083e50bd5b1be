import type { AddDataOptions } from '../../commands/index.ts';
import { addData } from '../../commands/index.ts';
import { counted, visible } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export interface AddDataVerbOptions extends CommonOptions, AddDataOptions {}

export async function addDataVerb(console: Console, options: AddDataVerbOptions): Promise<void> {
  const added = await addData(options, effectsOf(console, options));
  if (!added.ok) return fail(console, options, added.failure);
  if (options.json === true) return printJson(console, added.value);
  const { taken, skipped, total, path } = added.value;
  console.out(
    `${counted(taken, 'row')} taken, ${skipped} there already; ${visible(options.dataset)} has ${counted(total, 'row')}\n`,
  );
  if (path === undefined) console.err('There is nothing to write.\n');
  else if (options.dryRun === true) console.err(`Nothing was written; it would be ${visible(path)}.\n`);
  else console.err(`Written to ${visible(path)}. Look at it, and commit it.\n`);
}
