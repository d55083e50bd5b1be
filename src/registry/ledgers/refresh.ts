import type { Result } from '../../base/index.ts';
import { success } from '../../base/index.ts';
import type { FetchedRef, Ref } from '../../git/index.ts';
import type { RegistryFailure } from '../failures.ts';
import { parseTagName, tagPrefixes } from '../tags/tag-name.ts';
import type { LedgerOptions } from './options.ts';
import { lastEventRef, lastEventRefs, tagRef } from './refs.ts';

const approvals = 'refs/trainyard/approvals/';

/** Brings what is new at the remote: first what its refs are, then only the models whose refs differ from ours. */
export async function refresh(
  { repository, remote }: LedgerOptions,
  model?: string,
): Promise<Result<void, RegistryFailure>> {
  if (remote === undefined) return success(undefined);
  const prefixes = model === undefined ? [tagRef(''), 'refs/trainyard/'] : prefixesOf(model);
  const there = await remote.list(prefixes);
  if (!there.ok) return there;
  const here = new Map<string, string>();
  for (const prefix of prefixes) {
    const refs = await repository.listRefs(prefix);
    if (!refs.ok) return refs;
    for (const { name, id } of refs.value) here.set(name, id);
  }
  const news = there.value.filter(({ name, id }) => modelOf(name) !== undefined && here.get(name) !== id);
  if (news.length === 0) return success(undefined);
  return await remote.fetch(fetchedRefs(news));
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
