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
  const { files, pipelines, root, notes } = done.value;
  if (options.json === true) {
    return printJson(console, {
      root,
      pipelines,
      notes,
      files: files.map(({ path, what }) => ({ path, what })),
    });
  }
  const isDry = options.dryRun === true;
  for (const { path, what, text } of files) {
    const isWritten = what === 'created' || what === 'replaced' || what === 'updated';
    const said = isDry && isWritten ? `would be ${words[what]}` : words[what];
    console.out(`${isWritten ? '+' : '='} ${path}  ${said}\n`);
    if (isDry && what !== 'same' && what !== 'kept' && text !== undefined) console.out(beginning(text, what));
  }
  for (const note of notes) console.err(`${note}\n`);
  if (isDry) console.err('Nothing was written.\n');
  else if (pipelines[0] !== undefined && options.update !== true) {
    console.err(
      `Next: "trainyard check", then "trainyard run ${pipelines[0]}"; later "trainyard site dev" shows all runs as pages.\n`,
    );
  }
}

/** New files by their first lines; what changes in files that are there is to be compared, and shown as a whole. */
function beginning(text: string, what: InitFile['what']): string {
  const lines = text.trimEnd().split('\n');
  const shown = what === 'created' ? lines.slice(0, 4) : lines;
  const more = lines.length - shown.length;
  const rest = more === 0 ? [] : [`... ${more} more lines`];
  return [...shown, ...rest]
    .map((line) => `    ${line}`.trimEnd())
    .join('\n')
    .concat('\n');
}
