import type { Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { ObjectId, Repository } from '../../git/index.ts';
import type { RegistryEvent } from '../event.ts';
import type { RegistryFailure } from '../failures.ts';
import type { ModelState } from '../state.ts';

/**
 * The commit that an event's tag points to. GTO takes the version of an assignment from its commit, so all tags of a
 * version stand at one, and it reads no tag at all of a repository in which two versions of a model stand at the same
 * one. So a second version of a commit (other parameters, newer data) gets an empty commit on top of it.
 */
export async function targetOf(
  repository: Repository,
  event: RegistryEvent,
  { on, commit, time }: { readonly on: ModelState; readonly commit: ObjectId; readonly time: Date },
): Promise<Result<ObjectId, RegistryFailure>> {
  if (event.kind === 'unassign' && event.cause === 'refused') return success(commit);
  if (event.kind !== 'register') {
    return success(on.versions.find(({ name }) => name === event.name)?.commit ?? commit);
  }
  const other = on.versions.find((version) => version.commit === commit);
  if (other === undefined) return success(commit);
  const message = [
    `${event.model} ${event.name}`,
    `The files are those of the parent, which ${event.model} ${other.name} has for its commit already.`,
  ].join('\n\n');
  return await repository.writeCommit({ parent: commit, message, time });
}
