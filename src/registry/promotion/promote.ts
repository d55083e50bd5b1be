import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Decision } from '../decision.ts';
import type { AssignEvent, UnassignEvent } from '../event.ts';
import type { EventDraft } from '../ledger.ts';
import type { ModelState, TaggedEvent } from '../state.ts';
import type { Plan, Round, WriterWorld } from './append-decided.ts';
import { appendDecided, checkUndone } from './append-decided.ts';
import { decide } from './decide.ts';
import type { Evidence, PromotionRequest } from './evidence.ts';

export interface PromoteWorld extends WriterWorld {
  /** Looks at everything that the decision depends on, for one state of the model. */
  readonly gather: (
    request: PromotionRequest,
    state: ModelState,
  ) => Promise<Result<Evidence, readonly Failure[]>>;
}

export type PromotionAnswer =
  /** The version stands in the stage now. */
  | { readonly kind: 'promoted'; readonly decision: Decision; readonly event: TaggedEvent }
  /** Every condition is met, and nothing was to be written (`dryRun`). */
  | { readonly kind: 'would-promote'; readonly decision: Decision }
  /** With an event when a tag was refused; a refused command writes nothing. */
  | { readonly kind: 'refused'; readonly decision: Decision; readonly event?: TaggedEvent }
  /** It stands there already. With an event when a tag asked for it. */
  | { readonly kind: 'already'; readonly decision: Decision; readonly event?: TaggedEvent }
  /** The tag was answered before, by this event; or counts by itself. */
  | { readonly kind: 'answered'; readonly event: TaggedEvent<AssignEvent | UnassignEvent> }
  /** The tag was taken back by another one before anybody answered. */
  | { readonly kind: 'taken-back'; readonly tag: string };

/** Decides, and writes the assignment when every condition is met. */
export async function promote(
  model: string,
  request: PromotionRequest,
  world: PromoteWorld & { readonly why?: string; readonly dryRun?: boolean },
): Promise<Result<PromotionAnswer, readonly Failure[]>> {
  const done = await appendDecided<PromotionAnswer>(model, world, async (round) => {
    const undone = checkUndone(round, request.stage);
    if (!undone.ok) return undone;
    const decision = await decideNow(request, round, world);
    if (!decision.ok) return decision;
    const value = answerTo(decision.value);
    if (value.kind !== 'would-promote' || world.dryRun === true) return success({ kind: 'stop', value });
    return success(writing<PromotionAnswer>(decision.value, value, round.state, world.why));
  });
  return done.ok ? success(withEvent(done.value.value, done.value.event)) : done;
}

/** Answers a tag that asks for a promotion: completes it or refuses it, once. */
export async function answerRequest(
  model: string,
  request: PromotionRequest & Required<Pick<PromotionRequest, 'request'>>,
  world: PromoteWorld & { readonly dryRun?: boolean },
): Promise<Result<PromotionAnswer, readonly Failure[]>> {
  const { tag, commit } = request.request;
  const done = await appendDecided<PromotionAnswer>(model, world, async (round) => {
    const before = answerOf(tag, round.state);
    if (before !== undefined) return success({ kind: 'stop', value: { kind: 'answered', event: before } });
    if (isTakenBack(tag, round.state)) {
      return success({ kind: 'stop', value: { kind: 'taken-back', tag } });
    }
    const atCommit = round.state.versions.filter((version) => version.commit === commit);
    const name = atCommit.length === 1 ? { name: atCommit[0]!.name } : {};
    const decision = await decideNow({ ...request, ...name }, round, world);
    if (!decision.ok) return decision;
    const value = answerTo(decision.value);
    if (world.dryRun === true) return success({ kind: 'stop', value });
    if (value.kind !== 'refused')
      return success(writing<PromotionAnswer>(decision.value, value, round.state, undefined));
    return success({
      kind: 'write',
      value,
      draft: refusalOf(decision.value, round.state),
      commit,
    });
  });
  return done.ok ? success(withEvent(done.value.value, done.value.event)) : done;
}

async function decideNow(
  request: PromotionRequest,
  { state }: Round,
  world: PromoteWorld,
): Promise<Result<Decision, readonly Failure[]>> {
  const evidence = await world.gather(request, state);
  return evidence.ok ? success(decide(request, evidence.value)) : failed(evidence.failure);
}

function answerTo(decision: Decision): Undone {
  if (decision.already === true) return { kind: 'already', decision };
  return { kind: decision.verdict === 'pass' ? 'would-promote' : 'refused', decision };
}

type Undone = Extract<PromotionAnswer, { readonly kind: 'would-promote' | 'refused' | 'already' }>;

function withEvent(answer: PromotionAnswer, event: TaggedEvent | undefined): PromotionAnswer {
  if (event === undefined || answer.kind === 'answered' || answer.kind === 'taken-back') return answer;
  if (answer.kind === 'would-promote') return { kind: 'promoted', decision: answer.decision, event };
  return { ...answer, event };
}

/** The event that answered a tag, or the tag itself where it is an event that counts. */
function answerOf(tag: string, { events }: ModelState): TaggedEvent<AssignEvent | UnassignEvent> | undefined {
  return events.find(
    (tagged): tagged is TaggedEvent<AssignEvent | UnassignEvent> =>
      (tagged.event.kind === 'assign' || tagged.event.kind === 'unassign') &&
      (tagged.tag === tag || tagged.event.request === tag),
  );
}

/** It asks no more, and nothing is wrong with it either. */
function isTakenBack(tag: string, { requests, problems }: ModelState): boolean {
  return !requests.some((request) => request.tag === tag) && !problems.some((each) => each.tag === tag);
}

/** The assignment as an event. Only what passed is ever given to this. */
export function writing<T>(
  decision: Decision,
  value: T,
  state: ModelState,
  why: string | undefined,
): Plan<T> {
  const { name, stage, cause, by, checks, replaces, request } = decision;
  const version = state.versions.find((each) => each.name === name);
  if (decision.verdict !== 'pass' || version?.digest === undefined) {
    throw new Error('Only what is decided with yes is written');
  }
  const draft: EventDraft = {
    kind: 'assign',
    name: version.name,
    digest: version.digest,
    stage,
    cause,
    by,
    checks,
    ...(replaces === undefined ? {} : { replaces }),
    ...(request === undefined ? {} : { request }),
    ...(why === undefined ? {} : { why }),
  };
  return { kind: 'write', value, draft, commit: version.commit };
}

function refusalOf(decision: Decision, state: ModelState): EventDraft {
  const { name, stage, by, checks, request } = decision;
  const digest = state.versions.find((each) => each.name === name)?.digest;
  return {
    kind: 'unassign',
    cause: 'refused',
    ...(name === undefined ? {} : { name }),
    ...(digest === undefined ? {} : { digest }),
    stage,
    by,
    checks,
    ...(request === undefined ? {} : { request }),
  };
}
