import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Failure, Json, Random, Result } from '../base/index.ts';
import { canonicalJson, failed, success } from '../base/index.ts';
import { findPipeline } from '../pipeline/index.ts';
import type { PlanOutcome, ServingPlan } from '../serve/index.ts';
import { lookBroken, lookTimedOut } from './failures.ts';
import type { OpenedRegistry } from './open-registry.ts';
import type { ServingWorld } from './serving-plan.ts';
import { placed, servingPlan } from './serving-plan.ts';

/** What whoever watches the server should hear of. */
export type FollowEvent =
  /** Another plan was applied. */
  | { readonly kind: 'applied'; readonly plan: ServingPlan; readonly outcome: PlanOutcome }
  /** The stages could not be looked up, or no plan could be made of them: what is served stays. Told once. */
  | { readonly kind: 'look-failed'; readonly failures: readonly Failure[] }
  | { readonly kind: 'look-recovered' };

export interface FollowOptions {
  readonly references: readonly string[];
  readonly opened: OpenedRegistry;
  /** Made anew for each plan, since settings may have changed. */
  readonly world: () => ServingWorld;
  /** What was applied last, and what became of it. */
  readonly plan: ServingPlan;
  readonly outcome: PlanOutcome;
  readonly apply: (plan: ServingPlan) => Promise<PlanOutcome>;
  readonly report: (event: FollowEvent) => void;
  /** Milliseconds between two looks. */
  readonly interval: number;
  /** Milliseconds that one look may take. Default: 30,000. */
  readonly lookTime?: number;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/** Keeps a server at what the stages say. */
export interface Follower {
  /** Looks once, and applies what has changed; a look that fails is reported, and never rejects. */
  look(): Promise<void>;
  /** Looks again and again, until the signal. */
  run(): Promise<void>;
}

/** Looks after which what was refused is tried again: 1, 2, 4, ... and at most so many. */
const longestWait = 32;

export function openFollower(options: FollowOptions): Follower {
  const { references, opened, world, apply, report, lookTime = 30_000 } = options;
  const { interval, random, signal } = options;
  let plan = options.plan;
  let shown = canonical(plan);
  let refused = options.outcome.refused.length > 0;
  let seen: string | undefined;
  let isFailing = false;
  let waits = 1;
  let looksUntilRetry = 1;
  let hanging: Promise<unknown> | undefined;

  const show = async (next: ServingPlan, force: boolean): Promise<void> => {
    const text = canonical(next);
    if (text === shown && !force) return;
    const isNew = text !== shown;
    const outcome = await apply(next);
    shown = text;
    refused = outcome.refused.length > 0;
    if (isNew || outcome.loaded.length > 0) report({ kind: 'applied', plan: next, outcome });
  };

  const fail = async (failures: readonly Failure[]): Promise<void> => {
    if (!isFailing) report({ kind: 'look-failed', failures });
    isFailing = true;
    const because = failures[0] === undefined ? 'nobody knows why' : placed(failures[0]);
    // Whoever asks for the readiness learns it too; what answers is not touched.
    const notes = [...(plan.notes ?? []), `the stages could not be looked up: ${because}`];
    const next = { ...plan, notes };
    const text = canonical(next);
    if (text !== shown) await apply(next);
    shown = text;
  };

  const look = async (): Promise<void> => {
    if (hanging !== undefined) return await fail([lookTimedOut(lookTime)]);
    const looked = lookAt(opened, plan).catch((cause: unknown) => failed(lookBroken(cause)));
    const state = await inTime(looked, lookTime, signal);
    if (signal.aborted) return;
    if (state === undefined) {
      hanging = looked.then(() => {
        hanging = undefined;
      });
      return await fail([lookTimedOut(lookTime)]);
    }
    if (!state.ok) return await fail([state.failure]);
    const isNews = state.value !== seen;
    const isRetry = refused && --looksUntilRetry <= 0;
    if (!isNews && !isFailing && !isRetry) return;
    const next = await servingPlan(references, { ...world(), current: plan });
    // Who ends does not change any more.
    if (signal.aborted) return;
    if (!next.ok) return await fail(next.failure);
    waits = isNews ? 1 : Math.min(2 * waits, longestWait);
    looksUntilRetry = waits;
    seen = state.value;
    if (isFailing) report({ kind: 'look-recovered' });
    isFailing = false;
    plan = next.value;
    await show(plan, isRetry);
  };

  let turn: Promise<void> = Promise.resolve();
  const inTurn = (): Promise<void> => {
    turn = turn.then(look).catch((cause: unknown) => fail([lookBroken(cause)]));
    return turn;
  };
  return {
    look: inTurn,
    run: async () => {
      while (!signal.aborted) {
        // A fifth more or less, so that many servers do not look at once.
        const pause = interval * (0.8 + 0.4 * random());
        await pauseFor(pause, undefined, { signal }).catch(() => undefined);
        if (!signal.aborted) await inTurn();
      }
    },
  };
}

/**
 * Everything that a plan is made from, as one text that changes when it does: the refs of the models (first brought from
 * the remote, where there is one: one question for refs, and objects only when they are new), and the files in the work
 * tree that hold `serving:` and the stages.
 */
async function lookAt(
  { ledger, repository, root }: OpenedRegistry,
  plan: ServingPlan,
): Promise<Result<string, Failure>> {
  const parts: string[] = [];
  for (const { model } of plan.models) {
    const news = await ledger.refresh(model);
    if (!news.ok) return news;
    for (const prefix of [`refs/tags/${model}@`, `refs/tags/${model}#`]) {
      const refs = await repository.listRefs(prefix);
      if (!refs.ok) return refs;
      parts.push(...refs.value.map(({ name, id }) => `${name} ${id}`));
    }
    const file = findPipeline(root, model);
    if (file.ok) parts.push(await textOf(join(root, file.value)));
  }
  parts.push(await textOf(join(root, 'trainyard.yaml')));
  return success(parts.join('\n'));
}

async function textOf(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch(() => '');
}

/** `undefined` when it takes too long, or the signal came. */
async function inTime<T>(
  promise: Promise<T>,
  milliseconds: number,
  signal: AbortSignal,
): Promise<T | undefined> {
  const end = new AbortController();
  const late = pauseFor(milliseconds, undefined, { signal: AbortSignal.any([signal, end.signal]) });
  try {
    return await Promise.race([promise, late.catch(() => undefined)]);
  } finally {
    end.abort();
  }
}

function canonical(plan: ServingPlan): string {
  return canonicalJson(plan as unknown as Json);
}
