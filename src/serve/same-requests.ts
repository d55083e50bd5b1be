import type { Json } from '../base/index.ts';
import { canonicalJson } from '../base/index.ts';
import type { Servable } from '../servable/index.ts';

const known = new WeakMap<Servable, string>();

/**
 * Whether two versions of a model take the same requests and make the same cells of them: what was checked for one need
 * not be checked again for the other. Versions that were trained under the same contract do.
 */
export function takeSameRequests(one: Servable, other: Servable): boolean {
  return requestsOf(one) === requestsOf(other);
}

function requestsOf(servable: Servable): string {
  const found = known.get(servable);
  if (found !== undefined) return found;
  const text = canonicalJson([servable.manifest.columns, servable.columns] as unknown as Json);
  known.set(servable, text);
  return text;
}
