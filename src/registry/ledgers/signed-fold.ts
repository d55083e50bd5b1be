import type { Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { ObjectId, Tag } from '../../git/index.ts';
import type { RegistryEvent } from '../event.ts';
import type { RegistryFailure } from '../failures.ts';
import type { FoldOptions } from '../fold/fold.ts';
import { foldTags } from '../fold/fold.ts';
import { latestVersion } from '../latest-version.ts';
import type { ModelState } from '../state.ts';
import type { SignatureCheck } from './options.ts';

/** How much of a book is verified: all of it, or only what decides how the model stands now. */
export type Depth = 'all' | 'now';

/**
 * The state of a model in which every event that decides it is signed by somebody who is allowed to. Verifying takes
 * some milliseconds a tag, so for a list only those events are verified that matter: what stands in a stage and took
 * something from one, the registrations behind that and of the newest version, and what is archived. An event that
 * fails counts for nothing, which makes others matter, until all that matter are verified.
 */
export async function foldSigned(
  options: Omit<FoldOptions, 'unsigned'>,
  tags: ReadonlyMap<ObjectId, Tag>,
  { check, depth }: { readonly check: SignatureCheck; readonly depth: Depth },
): Promise<Result<ModelState, RegistryFailure>> {
  const unsigned = new Set<ObjectId>();
  const signers = new Map<ObjectId, string | undefined>();
  for (;;) {
    const state = foldTags({ ...options, unsigned });
    const matter = depth === 'all' ? state.events.map(({ id }) => id) : decisive(state);
    const later = laterDates(state, tags, matter);
    const open = [...new Set([...matter, ...[...later.values()].flat()])].filter((id) => !signers.has(id));
    for (let at = 0; at < open.length; at += atOnce) {
      const ids = open.slice(at, at + atOnce);
      const answers = await Promise.all(
        ids.map(async (id) => {
          const tag = tags.get(id);
          return tag?.signature === undefined ? success(undefined) : await check(tag);
        }),
      );
      for (const [i, signer] of answers.entries()) {
        if (!signer.ok) return signer;
        signers.set(ids[i]!, signer.value);
      }
    }
    const refused = state.events.filter(
      ({ id, event }) =>
        signers.has(id) &&
        (!mayBeOf(event, signers.get(id)) ||
          later.get(id)?.some((before) => signers.get(before) !== undefined && !unsigned.has(before)) ===
            true),
    );
    if (open.length === 0 && refused.length === 0) return success(state);
    for (const { id } of refused) unsigned.add(id);
  }
}

/** Whoever signs for themselves may sign nobody else's name; who completes a request names the one who asked. */
function mayBeOf(event: RegistryEvent, signer: string | undefined): boolean {
  if (signer === undefined) return false;
  const answers = 'request' in event && event.request !== undefined;
  return answers || event.by.proof !== 'signature' || event.by.name === signer;
}

/**
 * By event: those before it whose tags have later dates. Writers date each tag after the one before it; a signature that
 * was made after a key had ended, and dated back to when it was good, breaks that.
 */
function laterDates(
  state: ModelState,
  tags: ReadonlyMap<ObjectId, Tag>,
  of: readonly ObjectId[],
): ReadonlyMap<ObjectId, readonly ObjectId[]> {
  const wanted = new Set(of);
  const later = new Map<ObjectId, readonly ObjectId[]>();
  const before: { readonly id: ObjectId; readonly time: number }[] = [];
  let latest = Number.NEGATIVE_INFINITY;
  for (const { id } of state.events) {
    const time = tags.get(id)?.tagger?.time.getTime() ?? Number.NaN;
    if (wanted.has(id) && !(time >= latest)) {
      later.set(
        id,
        before.filter((each) => !(time >= each.time)).map((each) => each.id),
      );
    }
    if (time > latest) latest = time;
    before.push({ id, time });
  }
  return later;
}

const atOnce = 4;

function decisive(state: ModelState): readonly ObjectId[] {
  const ids = new Set<ObjectId>();
  const lastOf = new Map<string, ObjectId>();
  for (const { id, event } of state.events) {
    if (event.kind === 'archive') ids.add(id);
    if (event.kind === 'assign' || (event.kind === 'unassign' && event.cause === 'withdrawn')) {
      lastOf.set(event.stage, id);
    }
  }
  for (const id of lastOf.values()) ids.add(id);
  // An answer closes a request; only one that counts may.
  for (const { id, event } of state.events) {
    if ('request' in event && event.request !== undefined) ids.add(id);
  }
  const standing = new Set(Object.values(state.stages).map((there) => there?.event.name));
  const latest = latestVersion(state);
  for (const { name, registered } of state.versions) {
    if ('event' in registered && (name === latest?.name || standing.has(name))) ids.add(registered.id);
  }
  return [...ids];
}
