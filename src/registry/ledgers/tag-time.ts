import type { Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { Repository } from '../../git/index.ts';
import type { RegistryEvent } from '../event.ts';
import type { RegistryFailure } from '../failures.ts';
import type { ModelState } from '../state.ts';

/**
 * The date of a new tag: now; but after the tag of the event before it, and after the request that it answers, because
 * GTO takes tags in the order of their dates, whole seconds, whatever the clocks did.
 */
export async function tagTime(
  repository: Repository,
  event: RegistryEvent,
  on: ModelState,
  now: Date,
): Promise<Result<Date, RegistryFailure>> {
  let earliest = Math.floor(now.getTime() / 1000);
  const request = 'request' in event ? event.request : undefined;
  const before = on.events.at(-1)?.tag;
  for (const name of [before, request]) {
    if (name === undefined) continue;
    const tag = await repository.readTag(name);
    if (!tag.ok) return tag;
    const time = tag.value?.tagger?.time.getTime();
    if (time !== undefined) earliest = Math.max(earliest, Math.floor(time / 1000) + 1);
  }
  return success(new Date(earliest * 1000));
}
