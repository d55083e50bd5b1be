import type { ArchiveOptions } from '../../commands/index.ts';
import { archive } from '../../commands/index.ts';
import { archiveText } from '../../report/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export async function archiveVerb(console: Console, options: ArchiveOptions & CommonOptions): Promise<void> {
  const done = await archive(options, effectsOf(console, options));
  if (!done.ok) return fail(console, options, done.failure);
  if (options.json === true) printJson(console, done.value);
  else console.out(archiveText(done.value, console.outTerminal));
  console.exit(done.value.kind === 'refused' ? 1 : 0);
}
