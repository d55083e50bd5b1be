import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { GitContext } from '../context.ts';
import type { GitFailure } from '../failures.ts';
import { refNameInvalid } from '../failures.ts';
import { isRefName } from '../refs.ts';
import type { Deeper, FetchedRef, RefAnswer, RefUpdate, Remote } from '../remote.ts';
import { shownUrl } from './address.ts';
import { settingVariables, tokenSettings } from './credential.ts';
import { deepenBySystem } from './deepen.ts';
import { protocolUnsupported } from './failures.ts';
import type { LibraryRemote } from './library-remote.ts';
import { fetchByLibrary, listByLibrary, pushByLibrary } from './library-remote.ts';
import type { SystemRemote } from './system-remote.ts';
import { fetchBySystem, listBySystem, pushBySystem } from './system-remote.ts';

export interface RemoteAddress {
  /** Its name in the configuration, if it has one. */
  readonly name?: string;
  readonly url: string;
  /** Fetch only what refs point to, without the past and the files of commits. */
  readonly tipsOnly?: boolean;
}

const defaultTimeLimitMs = 300_000;

/** For a URL that may hold a password: so it stands neither in the list of processes nor in a file. */
const passingName = 'trainyard-passing';

/** A remote through the command where it is there, else through the library. */
export function remoteAt(context: GitContext, address: RemoteAddress): Remote {
  const url = shownUrl(address.url);
  const { tipsOnly = false } = address;
  const timeLimitMs = context.remoteTimeLimitMs ?? defaultTimeLimitMs;
  const target = address.name ?? passingName;
  const settings = [
    ...(address.name === undefined ? [[`remote.${target}.url`, address.url] as const] : []),
    ...tokenSettings(address.url, context.environment),
  ];
  const environment = settingVariables(settings, context.environment);
  const system: SystemRemote = { context, target, url, timeLimitMs, environment, tipsOnly };
  const library: LibraryRemote = { context, url: address.url, timeLimitMs, tipsOnly };
  const otherwise = async <T>(way: () => Promise<Result<T, GitFailure>>): Promise<Result<T, GitFailure>> =>
    /^https?:\/\//i.test(address.url) && URL.canParse(address.url)
      ? await way()
      : failed(protocolUnsupported(url));
  return {
    url,
    list: async (prefixes) =>
      (await listBySystem(system, prefixes)) ?? (await otherwise(() => listByLibrary(library, prefixes))),
    fetch: async (refs) =>
      checkFetched(refs) ??
      (await fetchBySystem(system, refs)) ??
      (await otherwise(() => fetchByLibrary(library, refs))),
    deepen: async (deeper) => checkDeeper(deeper) ?? (await deepenBySystem(system, deeper)),
    push: async (updates) =>
      checkUpdates(updates) ??
      (await pushBySystem(system, updates)) ??
      (await otherwise(() => pushByLibrary(library, updates))),
  };
}

function checkFetched(refs: readonly FetchedRef[]): Result<never, GitFailure> | undefined {
  for (const { from, to } of refs) {
    const starred = from.includes('*');
    for (const name of [from, to]) {
      const plain = name.replace('*', 'x');
      if (!isRefName(plain) || name.includes('*') !== starred) return failed(refNameInvalid(name));
    }
  }
  return undefined;
}

function checkDeeper({ from, branches = [] }: Deeper): Result<never, GitFailure> | undefined {
  const wrong = from.find((commit) => !/^[0-9a-f]{40}$/.test(commit));
  return wrong === undefined ? checkFetched(branches) : failed(refNameInvalid(wrong));
}

function checkUpdates(updates: readonly RefUpdate[]): Result<RefAnswer, GitFailure> | undefined {
  if (updates.length === 0) return success({ kind: 'done' });
  const wrong = updates.find((update) => !isRefName(update.ref));
  return wrong === undefined ? undefined : failed(refNameInvalid(wrong.ref));
}
