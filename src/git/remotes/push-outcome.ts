import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { GitFailure } from '../failures.ts';
import type { Ref, RefAnswer, RefUpdate } from '../remote.ts';
import { mayMeanRace, meansRace } from './classify.ts';
import { pushRefused } from './failures.ts';

/** Asks the remote again what the refs of a push point to. */
export type LookAgain = () => Promise<Result<readonly Ref[], GitFailure>>;

export interface Refusal {
  readonly ref: string;
  readonly why: string;
}

export interface RefusedPush {
  readonly url: string;
  readonly updates: readonly RefUpdate[];
  readonly refusals: readonly Refusal[];
  /** What the server says to the user. */
  readonly words: string;
  readonly clean: (text: string) => string;
  readonly lookAgain: LookAgain;
}

/** A race was lost, or the server does not want it. */
export async function judgeRefusals(push: RefusedPush): Promise<Result<RefAnswer, GitFailure>> {
  // In one transaction, the others are refused because of these.
  const own = push.refusals.filter(({ why }) => !/^atomic (push|transaction) fail/i.test(why));
  const other = own.find(({ why }) => !meansRace(why));
  if (other === undefined) {
    const refs = (own.length > 0 ? own : push.refusals).map(({ ref }) => ref);
    return success({ kind: 'lost', refs });
  }
  if (mayMeanRace(other.why)) {
    const now = await push.lookAgain();
    const lost = now.ok ? otherThanBefore(push.updates, now.value) : [];
    if (lost.length > 0) return success({ kind: 'lost', refs: lost });
  }
  const why = push.words.trim() === '' ? other.why : `${other.why}; ${push.words}`;
  return failed(pushRefused(push.url, other.ref, push.clean(why)));
}

/** The connection ended after the push was sent: nobody knows what became of it, so the refs are asked. */
export async function judgeBrokenPush(
  updates: readonly RefUpdate[],
  failure: GitFailure,
  lookAgain: LookAgain,
): Promise<Result<RefAnswer, GitFailure>> {
  if (failure.code === 'git-remote-denied' || failure.code === 'git-remote-not-found') return failed(failure);
  const now = await lookAgain();
  if (!now.ok) return failed(failure);
  const ids = new Map(now.value.map((ref) => [ref.name, ref.id]));
  if (updates.every(({ ref, after }) => ids.get(ref) === after)) return success({ kind: 'done' });
  const lost = otherThanBefore(updates, now.value);
  return lost.length > 0 ? success({ kind: 'lost', refs: lost }) : failed(failure);
}

export function otherThanBefore(updates: readonly RefUpdate[], now: readonly Ref[]): readonly string[] {
  const ids = new Map(now.map((ref) => [ref.name, ref.id]));
  return updates.filter(({ ref, before }) => ids.get(ref) !== before).map(({ ref }) => ref);
}
