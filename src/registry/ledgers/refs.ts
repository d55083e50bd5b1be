import type { Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { ObjectId, Repository } from '../../git/index.ts';
import type { RegistryFailure } from '../failures.ts';

/** The ref that holds the last event of a model: the other half of every append. */
export function lastEventRef(model: string): string {
  return `${lastEventRefs}${model.replace(':', '=')}`;
}

export const lastEventRefs = 'refs/trainyard/registry/';

export function tagRef(tag: string): string {
  return `refs/tags/${tag}`;
}

/** What one ref points to, and not another whose name begins so. */
export async function exactRef(
  repository: Repository,
  ref: string,
): Promise<Result<ObjectId | undefined, RegistryFailure>> {
  const refs = await repository.listRefs(ref);
  return refs.ok ? success(refs.value.find(({ name }) => name === ref)?.id) : refs;
}
