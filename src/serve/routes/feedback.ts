import { visibleFleet } from '../access/visible-fleet.ts';
import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';
import type { Fleet } from '../fleet.ts';
import { failureReply } from '../http/failure-reply.ts';
import { jsonMediaType } from '../http/media-type.ts';
import type { HttpReply, HttpRequest, Route } from '../http/message.ts';
import { membersBeyond, readJson } from '../http/read-json.ts';
import type { ItemError } from '../log/feedback-item.ts';
import { readFeedbackItem } from '../log/feedback-item.ts';
import type { LabelLine } from '../log/line.ts';
import type { PredictionLog } from '../log/open-log.ts';
import { modelUnknown } from '../model-absent.ts';
import { bodyOf } from '../v2/request-body.ts';

export interface FeedbackWorld {
  readonly fleet: Fleet;
  readonly log: Pick<PredictionLog, 'of'>;
  readonly maxBytes: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Items of one request; more come in several requests. */
export const maxItems = 10_000;
const itemMembers = 5;

/** What became of a feedback: `accepted` is new and on the disk, `repeated` was there already. */
export interface FeedbackAnswer {
  readonly accepted: number;
  readonly repeated: number;
  /** In the order of the items. */
  readonly errors: readonly (ItemError & { readonly item: number })[];
  readonly request: string;
}

/**
 * `POST /feedback/<model>` and `POST /feedback`: labels that became known later, by the ids of their requests; an object is
 * one, an array of them many.
 */
export function feedbackRoutes(world: FeedbackWorld): readonly Route[] {
  const handle = (request: HttpRequest): Promise<HttpReply> => feedback(request, world);
  return [
    { method: 'POST', path: '/feedback/:model', needs: 'feedback', handle },
    // Which models it is about, the items say: each of them is looked at.
    { method: 'POST', path: '/feedback', needs: 'known', handle },
  ];
}

async function feedback(request: HttpRequest, world: FeedbackWorld): Promise<HttpReply> {
  const refuse = (failure: ServeFailure): HttpReply => failureReply(failure, request.id);
  const mediaType = jsonMediaType(request.headers['content-type']);
  if (mediaType !== undefined) return refuse(mediaType);
  const body = await bodyOf(request, world.maxBytes);
  if (!body.ok) return refuse(body.failure);
  const json = readJson(body.value, { rows: maxItems, members: itemMembers + membersBeyond });
  if (!json.ok) return refuse(json.failure);
  const items: readonly unknown[] = Array.isArray(json.value) ? json.value : [json.value];
  const { model } = request.params as { readonly model?: string };
  if (items.length === 0) return refuse(serveFailure('serve-rows-none', 'The feedback has no items'));
  if (items.length > maxItems) {
    const message = `The feedback has ${items.length} items, and at most ${maxItems} are taken`;
    return refuse(serveFailure('serve-rows-too-many', message));
  }
  if (model !== undefined && world.fleet.model(model) === undefined) return refuse(modelUnknown());
  if (model !== undefined && world.log.of(model) === undefined) {
    const message = 'This model keeps no prediction log, so that labels have nowhere to go';
    return refuse(serveFailure('serve-feedback-off', message));
  }
  const { labels, errors } = readItems(items, model, request, world);
  let accepted = 0;
  let repeated = 0;
  for (const [name, lines] of labels) {
    const kept = await world.log.of(name)!.labels.add(lines);
    if (kept === undefined) {
      const message = 'The labels cannot be recorded now; all of them may be sent again';
      return refuse(serveFailure('serve-log-unavailable', message, { retryAfter: 5 }));
    }
    accepted += kept;
    repeated += lines.length - kept;
  }
  const answer: FeedbackAnswer = { accepted, repeated, errors, request: request.id };
  const status = errors.length === items.length ? 422 : 202;
  return { status, type: 'application/json', body: JSON.stringify(answer) };
}

interface ReadItems {
  readonly labels: ReadonlyMap<string, readonly LabelLine[]>;
  readonly errors: FeedbackAnswer['errors'];
}

function readItems(
  items: readonly unknown[],
  model: string | undefined,
  { identity }: HttpRequest,
  { fleet: whole, log, now }: FeedbackWorld,
): ReadItems {
  const fleet = visibleFleet(whole, identity, ['feedback']);
  const labels = new Map<string, LabelLine[]>();
  const errors: (ItemError & { item: number })[] = [];
  const time = now();
  for (const [item, value] of items.entries()) {
    const read = readFeedbackItem(value, { fleet, model, time });
    if (!read.ok) {
      errors.push({ item, ...read.failure });
      continue;
    }
    const { model: name } = read.value;
    if (log.of(name) === undefined)
      errors.push({ item, code: 'log-off', message: 'model: it keeps no prediction log' });
    else if (labels.has(name)) labels.get(name)!.push(read.value);
    else labels.set(name, [read.value]);
  }
  return { labels, errors };
}
