import type { Failure, Random, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ObjectId } from '../../git/index.ts';
import type { EventDraft, Ledger } from '../ledger.ts';
import type { ModelState, TaggedEvent } from '../state.ts';
import { appendLost, stageChanged } from './failures.ts';

/** What writing needs beside the book. */
export interface WriterWorld {
  readonly ledger: Ledger;
  readonly now: () => Date;
  /** Waits so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly random: Random;
  readonly signingKey?: string;
  /** So often at most. Default: 40. */
  readonly tries?: number;
}

/** What to do, as decided on one state of the model. */
export type Plan<T> =
  | { readonly kind: 'stop'; readonly value: T }
  | { readonly kind: 'write'; readonly value: T; readonly draft: EventDraft; readonly commit: ObjectId };

export interface Round {
  readonly state: ModelState;
  /** What others have written since the first round. */
  readonly news: readonly TaggedEvent[];
}

export interface Written<T> {
  readonly value: T;
  /** Absent when the decision was to write nothing. */
  readonly event?: TaggedEvent;
  readonly state: ModelState;
}

/**
 * Decides and appends as one step: whenever somebody else was faster, everything is decided anew on what they left.
 * Between two tries it waits a random time, up to 50 ms at first and 2 s in the end, so that many writers part.
 */
export async function appendDecided<T>(
  model: string,
  world: WriterWorld,
  decideOn: (round: Round) => Promise<Result<Plan<T>, readonly Failure[]>>,
): Promise<Result<Written<T>, readonly Failure[]>> {
  const { ledger, tries = 40 } = world;
  let first: ModelState | undefined;
  let news: readonly TaggedEvent[] = [];
  for (let round = 0; round < tries; round++) {
    const state = await ledger.state(model);
    if (!state.ok) return failed([state.failure]);
    first ??= state.value;
    news = newEvents(first, state.value);
    const plan = await decideOn({ state: state.value, news });
    if (!plan.ok) return plan;
    if (plan.value.kind === 'stop') return success({ value: plan.value.value, state: state.value });
    const { draft, commit, value } = plan.value;
    const appended = await ledger.append(draft, state.value, {
      commit,
      time: world.now(),
      ...(world.signingKey === undefined ? {} : { signingKey: world.signingKey }),
    });
    if (!appended.ok) return failed([appended.failure]);
    if (appended.value.kind === 'done') {
      return success({ value, event: appended.value.event, state: appended.value.state });
    }
    await world.pause(world.random() * Math.min(2000, 50 * 2 ** round));
  }
  return failed([appendLost(model, tries, news)]);
}

/**
 * Somebody took a version out of the stage since the caller looked: what the caller wants may be just what they undid.
 * Promotions of others are no reason to stop, because everything is decided anew on them.
 */
export function checkUndone({ state, news }: Round, stage: string): Result<void, readonly Failure[]> {
  const undone = news.filter(
    ({ event }) =>
      (event.kind === 'assign' && event.stage === stage && event.cause === 'rollback') ||
      (event.kind === 'unassign' && event.stage === stage && event.cause === 'withdrawn'),
  );
  return undone.length === 0 ? success(undefined) : failed([stageChanged(state, stage, undone)]);
}

/** Anything changed in the stage since the caller looked. */
export function checkUntouched({ state, news }: Round, stage: string): Result<void, readonly Failure[]> {
  const touched = news.filter(
    ({ event }) =>
      (event.kind === 'assign' && event.stage === stage) ||
      (event.kind === 'unassign' && event.stage === stage && event.cause === 'withdrawn'),
  );
  return touched.length === 0 ? success(undefined) : failed([stageChanged(state, stage, touched)]);
}

function newEvents(before: ModelState, now: ModelState): readonly TaggedEvent[] {
  const known = new Set(before.events.map(({ id }) => id));
  return now.events.filter(({ id }) => !known.has(id));
}
