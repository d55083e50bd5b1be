import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { GitContext } from '../context.ts';
import type { GitFailure } from '../failures.ts';
import { refNameInvalid } from '../failures.ts';
import { isRefName } from '../refs.ts';
import type { FetchedRef, RefAnswer, RefUpdate, Remote } from '../remote.ts';
import { shownUrl } from './address.ts';
import { protocolUnsupported } from './failures.ts';
import type { SystemRemote } from './system-remote.ts';
import { fetchBySystem, listBySystem, pushBySystem } from './system-remote.ts';

export interface RemoteAddress {
  /** What `git` takes: a configured name, or a URL. */
  readonly target: string;
  readonly url: string;
  readonly fetchOptions?: readonly string[];
}

const defaultTimeLimitMs = 300_000;

/** A remote through the command where it is there, else through the library. */
export function remoteAt(context: GitContext, address: RemoteAddress): Remote {
  const url = shownUrl(address.url);
  const system: SystemRemote = {
    context,
    target: address.target,
    url,
    timeLimitMs: context.remoteTimeLimitMs ?? defaultTimeLimitMs,
    environment: {},
    fetchOptions: address.fetchOptions ?? [],
  };
  const without = async (): Promise<Result<never, GitFailure>> => failed(protocolUnsupported(url));
  return {
    url,
    list: async (prefixes) => (await listBySystem(system, prefixes)) ?? (await without()),
    fetch: async (refs) => checkFetched(refs) ?? (await fetchBySystem(system, refs)) ?? (await without()),
    push: async (updates) =>
      checkUpdates(updates) ?? (await pushBySystem(system, updates)) ?? (await without()),
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

function checkUpdates(updates: readonly RefUpdate[]): Result<RefAnswer, GitFailure> | undefined {
  if (updates.length === 0) return success({ kind: 'done' });
  const wrong = updates.find((update) => !isRefName(update.ref));
  return wrong === undefined ? undefined : failed(refNameInvalid(wrong.ref));
}
