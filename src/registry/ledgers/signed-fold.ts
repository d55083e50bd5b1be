import type { Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { ObjectId, Tag } from '../../git/index.ts';
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
  const verified = new Set<ObjectId>();
  for (;;) {
    const state = foldTags({ ...options, unsigned });
    const matter = depth === 'all' ? state.events.map(({ id }) => id) : decisive(state);
    const open = matter.filter((id) => !verified.has(id));
    if (open.length === 0) return success(state);
    for (let at = 0; at < open.length; at += atOnce) {
      const ids = open.slice(at, at + atOnce);
      const signers = await Promise.all(
        ids.map(async (id) => {
          const tag = tags.get(id);
          return tag?.signature === undefined ? success(undefined) : await check(tag);
        }),
      );
      for (const [i, signer] of signers.entries()) {
        if (!signer.ok) return signer;
        verified.add(ids[i]!);
        if (signer.value === undefined) unsigned.add(ids[i]!);
      }
    }
  }
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
