import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { cardOfModel, outputUnwritable } from '../../commands/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export interface ModelCardVerbOptions extends CommonOptions {
  readonly reference: string;
  readonly output?: string;
}

export async function modelCardVerb(console: Console, options: ModelCardVerbOptions): Promise<void> {
  const effects = effectsOf(console, options);
  const made = await cardOfModel(options, effects);
  if (!made.ok) return fail(console, options, made.failure);
  const { card, ...about } = made.value;
  if (options.output === undefined) {
    if (options.json === true) printJson(console, made.value);
    else console.out(card);
    return;
  }
  const file = resolve(effects.cwd, options.output);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, card);
  } catch (cause) {
    return fail(console, options, [outputUnwritable(options.output, cause)]);
  }
  if (options.json === true) printJson(console, { ...about, file: options.output });
  else
    console.err(
      `The card of ${about.model}${about.version === undefined ? '' : ` ${about.version}`} is in ${options.output}.\n`,
    );
}
