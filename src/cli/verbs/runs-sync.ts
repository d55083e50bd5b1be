import type { PushRunsOptions } from '../../commands/index.ts';
import { pullRuns, pushRuns } from '../../commands/index.ts';
import { counted, visible } from '../../report/index.ts';
import type { Synced } from '../../runs/index.ts';
import type { CommonOptions, Console } from '../console.ts';
import { printJson } from '../console.ts';
import { effectsOf } from '../effects.ts';
import { fail } from '../failures.ts';

export type SyncVerbOptions = CommonOptions & PushRunsOptions;

export async function pushVerb(console: Console, options: SyncVerbOptions): Promise<void> {
  const done = await pushRuns(options, effectsOf(console, options));
  if (!done.ok) return fail(console, options, done.failure);
  if (options.json === true) printJson(console, done.value);
  else console.out(`${pushedText(done.value, options.dryRun === true)}\n`);
}

export async function pullVerb(console: Console, options: SyncVerbOptions): Promise<void> {
  const done = await pullRuns(options, effectsOf(console, options));
  if (!done.ok) return fail(console, options, done.failure);
  const { received, place } = done.value;
  if (options.json === true) printJson(console, done.value);
  else if (received === 0) console.out(`Nothing new on ${visible(place)}.\n`);
  else {
    const verb = options.dryRun === true ? 'Would bring' : 'Brought';
    console.out(`${verb} ${counted(received, 'file')} from ${visible(place)}.\n`);
  }
}

/** What a push did, in one line. */
export function pushedText({ sent, received, removed, place, tries }: Synced, would: boolean): string {
  const parts = [
    ...(sent > 0 ? [`${would ? 'would send' : 'sent'} ${counted(sent, 'file')}`] : []),
    ...(removed > 0 ? [`${would ? 'would remove' : 'removed'} ${counted(removed, 'file')} there`] : []),
    ...(received > 0 ? [`${would ? 'would bring' : 'brought'} ${counted(received, 'file')}`] : []),
  ];
  if (parts.length === 0) return `${visible(place)} has everything already.`;
  const text = parts.join(', ');
  const again = tries > 1 ? ` (in ${tries} tries: others were writing too)` : '';
  return `${text[0]!.toUpperCase()}${text.slice(1)}: ${visible(place)}${again}`;
}
