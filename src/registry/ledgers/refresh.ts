import type { Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { FetchedRef, ObjectId, Ref, Repository } from '../../git/index.ts';
import type { RegistryFailure } from '../failures.ts';
import { parseTagName, tagPrefixes } from '../tags/tag-name.ts';
import type { LedgerOptions } from './options.ts';
import { lastEventRef, lastEventRefs, tagRef } from './refs.ts';

const approvals = 'refs/trainyard/approvals/';

const rounds = 20;

/**
 * Brings what is new at the remote: first what its refs are, then only the models whose refs differ from ours. When the
 * remote moves on meanwhile, or another process of this clone fetches the same, it looks again: half an answer would be
 * an event without the one before it.
 */
export async function refresh(
  { repository, remote }: LedgerOptions,
  model?: string,
): Promise<Result<void, RegistryFailure>> {
  if (remote === undefined) return success(undefined);
  const prefixes = model === undefined ? [tagRef(''), 'refs/trainyard/'] : prefixesOf(model);
  let here = await refsBelow(repository, prefixes);
  for (let round = 0; round < rounds; round++) {
    if (!here.ok) return here;
    const there = await remote.list(prefixes);
    if (!there.ok) return there;
    const known = here.value;
    const news = there.value.filter(({ name, id }) => modelOf(name) !== undefined && known.get(name) !== id);
    if (news.length === 0) return success(undefined);
    const fetched = await remote.fetch(fetchedRefs(news));
    here = await refsBelow(repository, prefixes);
    if (!here.ok) return here;
    const now = here.value;
    if (!fetched.ok && news.every(({ name }) => now.get(name) === known.get(name))) return fetched;
    if (fetched.ok && news.every(({ name, id }) => now.get(name) === id)) return success(undefined);
  }
  return success(undefined);
}

async function refsBelow(
  repository: Repository,
  prefixes: readonly string[],
): Promise<Result<ReadonlyMap<string, ObjectId>, RegistryFailure>> {
  const refs = new Map<string, ObjectId>();
  for (const prefix of prefixes) {
    const below = await repository.listRefs(prefix);
    if (!below.ok) return below;
    for (const { name, id } of below.value) refs.set(name, id);
  }
  return success(refs);
}

/** Each by its name while they are few; whole models when they are many. */
function fetchedRefs(news: readonly Ref[]): readonly FetchedRef[] {
  if (news.length <= 100) return news.map(({ name }) => ({ from: name, to: name }));
  const models = new Set(news.map(({ name }) => modelOf(name)!));
  const patterns = [...models].flatMap((model) =>
    prefixesOf(model).map((prefix) =>
      prefix.endsWith('@') || prefix.endsWith('#') || prefix.endsWith('/') ? `${prefix}*` : prefix,
    ),
  );
  return patterns.map((pattern) => ({ from: pattern, to: pattern }));
}

function prefixesOf(model: string): readonly string[] {
  const inRef = model.replace(':', '=');
  return [...tagPrefixes(model).map(tagRef), lastEventRef(model), `${approvals}${inRef}/`];
}

/** The model that a ref is about. */
function modelOf(ref: string): string | undefined {
  if (ref.startsWith(tagRef(''))) return parseTagName(ref.slice(tagRef('').length))?.model;
  if (ref.startsWith(lastEventRefs)) return ref.slice(lastEventRefs.length).replace('=', ':');
  if (ref.startsWith(approvals)) return ref.slice(approvals.length).split('/')[0]!.replace('=', ':');
  return undefined;
}
