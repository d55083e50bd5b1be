import { check } from '../../commands/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { exitCodeOf } from '../exit-code.ts';
import { diagnostics, fail, withoutCause } from '../failures.ts';

export interface CheckVerbOptions extends CommonOptions {
  readonly paths: readonly string[];
}

export async function checkVerb(console: Console, options: CheckVerbOptions): Promise<void> {
  const checked = await check(options, effectsOf(console, options));
  if (!checked.ok) return fail(console, options, checked.failure);
  const { files, contracts, workflows, unchecked, mistakes } = checked.value;
  if (options.json === true) {
    printJson(console, { files, contracts, workflows, unchecked, mistakes: mistakes.map(withoutCause) });
  } else if (mistakes.length > 0) console.out(diagnostics(console, options, mistakes));
  else {
    const all = [...files, ...contracts, ...workflows];
    console.err(
      `${all.length} ${all.length === 1 ? 'file' : 'files'} without a mistake: ${all.join(', ')}\n`,
    );
  }
  for (const folder of unchecked) {
    console.err(`Not checked: the project in ${folder}. Start "trainyard check" there.\n`);
  }
  console.exit(exitCodeOf(mistakes));
}
