import type { InitFile, InitOptions } from '../../commands/index.ts';
import { init } from '../../commands/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export interface InitVerbOptions extends CommonOptions, Omit<InitOptions, 'version'> {}

const words: Readonly<Record<InitFile['what'], string>> = {
  created: 'created',
  updated: 'updated',
  replaced: 'replaced',
  same: 'up to date',
  kept: 'kept as it is',
  edited: 'edited by you; an outdated part stays',
};

export async function initVerb(console: Console, options: InitVerbOptions, version: string): Promise<void> {
  const done = await init({ ...options, version }, effectsOf(console, options));
  if (!done.ok) return fail(console, options, done.failure);
  const { files, pipelines, root } = done.value;
  if (options.json === true) {
    return printJson(console, { root, pipelines, files: files.map(({ path, what }) => ({ path, what })) });
  }
  const isDry = options.dryRun === true;
  for (const { path, what, text } of files) {
    console.out(
      `${what === 'created' || what === 'replaced' || what === 'updated' ? '+' : '='} ${path}  ${words[what]}\n`,
    );
    if (isDry && what !== 'same' && what !== 'kept' && text !== undefined) {
      console.out(text.replace(/^/gm, '    ').replace(/ +$/gm, ''));
      console.out('\n');
    }
  }
  if (isDry) console.err('Nothing was written.\n');
  else if (pipelines[0] !== undefined && options.update !== true) {
    console.err(`Next: "trainyard check", then "trainyard run ${pipelines[0]}".\n`);
  }
}
