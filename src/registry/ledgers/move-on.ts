import type { Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { ObjectId, RefAnswer, RefUpdate, Remote } from '../../git/index.ts';
import type { RegistryFailure } from '../failures.ts';
import type { ModelState } from '../state.ts';
import type { LedgerOptions } from './options.ts';
import { exactRef, lastEventRef, tagRef } from './refs.ts';

/** The one compare-and-swap of an append: the tag comes to be, and the last event of the model is no longer `on.head`. */
export async function moveOn(
  { repository, remote }: LedgerOptions,
  on: ModelState,
  { tag, id }: { readonly tag: string; readonly id: ObjectId },
): Promise<Result<RefAnswer, RegistryFailure>> {
  const ref = lastEventRef(on.model);
  const known = await exactRef(repository, ref);
  if (!known.ok) return known;
  // Where the ref is missing, the tags alone made the state; the compare-and-swap then is that it stays missing.
  const before = known.value;
  if (before !== undefined && before !== on.head) return success({ kind: 'lost', refs: [ref] });
  const updates: [tag: RefUpdate, last: RefUpdate] = [
    { ref: tagRef(tag), before: undefined, after: id },
    { ref, before, after: id },
  ];
  if (remote === undefined) return await repository.updateRefs(updates);
  const pushed = await push(remote, on, updates);
  if (!pushed.ok || pushed.value.kind === 'lost') return pushed;
  // The remote has it: what this clone could not take over now, the next refresh brings.
  await repository.updateRefs(updates);
  return pushed;
}

async function push(
  remote: Remote,
  on: ModelState,
  updates: readonly [tag: RefUpdate, last: RefUpdate],
): Promise<Result<RefAnswer, RegistryFailure>> {
  const first = await remote.push(updates);
  const [tag, last] = updates;
  if (!first.ok || first.value.kind === 'done' || last.before === undefined) return first;
  const there = await remote.list([last.ref]);
  if (!there.ok || there.value.some(({ name }) => name === last.ref)) return there.ok ? first : there;
  // The book was begun before there was a remote: it goes there first.
  const published = await publish(remote, on);
  if (!published.ok || published.value.kind === 'lost') return published;
  return await remote.push([tag, { ...last, before: undefined }]);
}

const atOnce = 200;

async function publish(remote: Remote, on: ModelState): Promise<Result<RefAnswer, RegistryFailure>> {
  const there = await remote.list([tagRef(`${on.model}@`), tagRef(`${on.model}#`)]);
  if (!there.ok) return there;
  const names = new Set(there.value.map(({ name }) => name));
  const missing = on.events
    .map((event) => ({ ref: tagRef(event.tag), before: undefined, after: event.id }))
    .filter(({ ref }) => !names.has(ref));
  for (let at = 0; at < missing.length; at += atOnce) {
    const pushed = await remote.push(missing.slice(at, at + atOnce));
    if (!pushed.ok || pushed.value.kind === 'lost') return pushed;
  }
  return success({ kind: 'done' });
}
