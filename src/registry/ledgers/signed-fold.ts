import type { Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { ObjectId, Tag } from '../../git/index.ts';
import type { RegistryFailure } from '../failures.ts';
import type { FoldOptions } from '../fold/fold.ts';
import { foldTags } from '../fold/fold.ts';
import type { ModelState } from '../state.ts';
import type { SignatureCheck } from './options.ts';

/**
 * The state of a model in which every event that decides it is signed by somebody who is allowed to. Verifying takes
 * some milliseconds a tag, so only those events are verified that matter: what stands in a stage and took something
 * from one, the registrations behind that and of the newest version, and what is archived. An event that fails counts
 * for nothing, which makes others matter, until all that matter are verified.
 */
export async function foldSigned(
  options: Omit<FoldOptions, 'unsigned'>,
  tags: ReadonlyMap<ObjectId, Tag>,
  check: SignatureCheck,
): Promise<Result<ModelState, RegistryFailure>> {
  const unsigned = new Set<ObjectId>();
  const verified = new Set<ObjectId>();
  for (;;) {
    const state = foldTags({ ...options, unsigned });
    const open = decisive(state).filter((id) => !verified.has(id));
    if (open.length === 0) return success(state);
    for (const id of open) {
      const tag = tags.get(id);
      const signer = tag?.signature === undefined ? success(undefined) : await check(tag);
      if (!signer.ok) return signer;
      verified.add(id);
      if (signer.value === undefined) unsigned.add(id);
    }
  }
}

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
  for (const [i, { name, registered }] of state.versions.entries()) {
    if ('event' in registered && (i === 0 || standing.has(name))) ids.add(registered.id);
  }
  return [...ids];
}
