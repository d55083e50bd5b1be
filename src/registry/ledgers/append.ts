import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ObjectId } from '../../git/index.ts';
import type { RegistryEvent } from '../event.ts';
import type { RegistryFailure } from '../failures.ts';
import {
  eventIllegal,
  modelNameInvalid,
  stageNameInvalid,
  tagTaken,
  versionNameInvalid,
} from '../failures.ts';
import { replay, startPosition } from '../fold/replay.ts';
import type { Appended, AppendOptions, EventDraft, Ledger } from '../ledger.ts';
import { problemOfModelName, problemOfStageName, problemOfVersionName } from '../names.ts';
import type { ModelState } from '../state.ts';
import { messageCodec } from '../tags/message.ts';
import { largestCounter, tagOf } from '../tags/tag-name.ts';
import { moveOn } from './move-on.ts';
import type { LedgerOptions } from './options.ts';
import { tagTime } from './tag-time.ts';
import { targetOf } from './target.ts';

/** Writes an event after the last one that `on` knows, or says that another one was faster. */
export async function append(
  options: LedgerOptions,
  ledger: Ledger,
  draft: EventDraft,
  on: ModelState,
  { commit, time, signingKey }: AppendOptions,
): Promise<Result<Appended, RegistryFailure>> {
  const { repository } = options;
  const seen = await headIsSeen(ledger, on);
  if (!seen.ok) return seen;
  if (!seen.value) return success({ kind: 'lost' });
  const event = complete(draft, on, commit, time);
  const tag = tagOf(event);
  const names = checkNames(event, on);
  if (!names.ok) return names;
  const codec = await messageCodec();
  const message = codec.encode(event);
  if (!message.ok) return message;
  const target = await targetOf(repository, event, { on, commit, time });
  if (!target.ok) return target;
  const illegal = illegality(event, on, target.value);
  if (illegal !== undefined) return failed(eventIllegal(tag, illegal));
  const date = await tagTime(repository, event, on, time);
  if (!date.ok) return date;
  const id = await repository.writeTag({
    name: tag,
    target: target.value,
    message: message.value,
    time: date.value,
    ...(signingKey === undefined ? {} : { signingKey }),
  });
  if (!id.ok) return id;
  const moved = await moveOn(options, on, { tag, id: id.value });
  if (!moved.ok) return moved;
  if (moved.value.kind === 'lost') {
    const news = await ledger.refresh(on.model);
    return news.ok ? success({ kind: 'lost' }) : news;
  }
  const state = await ledger.state(on.model);
  if (!state.ok) return state;
  return success({
    kind: 'done',
    event: { tag, id: id.value, commit: target.value, event },
    state: state.value,
  });
}

/**
 * Whether `on` was decided with the last event in sight, or without it because its tag was deleted. Where it is on its
 * way to this clone, nobody has looked at it yet.
 */
async function headIsSeen(ledger: Ledger, on: ModelState): Promise<Result<boolean, RegistryFailure>> {
  if (on.headMissing !== true) return success(true);
  const news = await ledger.refresh(on.model);
  if (!news.ok) return news;
  const now = await ledger.state(on.model);
  return now.ok ? success(now.value.headMissing === true && now.value.head === on.head) : now;
}

function complete(draft: EventDraft, on: ModelState, commit: ObjectId, time: Date): RegistryEvent {
  const kept = { version: 1 as const, model: on.model, at: time.toISOString(), after: on.head ?? null };
  if (draft.kind === 'register') return { ...draft, ...kept, commit };
  return { ...draft, ...kept, counter: on.counter + 1 } as RegistryEvent;
}

function checkNames(event: RegistryEvent, on: ModelState): Result<void, RegistryFailure> {
  const model = problemOfModelName(event.model);
  if (model !== undefined) return failed(modelNameInvalid(event.model, model));
  if (event.kind === 'register') {
    const name = problemOfVersionName(event.name);
    if (name !== undefined) return failed(versionNameInvalid(event.name, name));
    if (on.versions.some((version) => version.name === event.name)) return failed(tagTaken(tagOf(event)));
    return success(undefined);
  }
  if (event.counter > largestCounter) return failed(eventIllegal(tagOf(event), 'the numbers are used up'));
  if (event.kind === 'archive') return success(undefined);
  // A stage that only foreign tags name may have any name; what is refused there is no stage of ours.
  const stage = event.kind === 'unassign' ? undefined : problemOfStageName(event.stage);
  return stage === undefined ? success(undefined) : failed(stageNameInvalid(event.stage, stage));
}

/** What the fold would say of the event: it is asked first, so that nothing is written that counts for nothing. */
function illegality(event: RegistryEvent, on: ModelState, commit: ObjectId): string | undefined {
  const position = startPosition();
  for (const tagged of on.events) replay(position, tagged);
  return replay(position, { tag: tagOf(event), id: '', commit, event });
}
