import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Result } from '../../../base/index.ts';
import { failed, success } from '../../../base/index.ts';
import { sinkUnreachable } from '../failures.ts';
import type { PredictionLogLine } from '../line.ts';
import { parseLine } from '../parquet/parse-lines.ts';
import { sealedEnding } from '../segment-name.ts';
import type { SealedSegment, Sink, SinkFailure } from '../sink.ts';

export interface HttpSinkOptions {
  readonly url: string;
  /** Value of the header `authorization`. */
  readonly authorization?: string;
  /** Default: 10 s. */
  readonly timeoutMs?: number;
}

/** A CloudEvent 1.0 in the structured JSON format: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
export interface CloudEvent {
  readonly specversion: '1.0';
  /** Of the line: the same event sent twice has the same id. */
  readonly id: string;
  /** `/trainyard/<model>` */
  readonly source: string;
  /** `trainyard.prediction.answer.v1` */
  readonly type: string;
  /** Id of the request, where the line is about one. */
  readonly subject?: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: PredictionLogLine;
}

const batchEvents = 500;
const batchBytes = 512 * 1024;

/** Statuses that say that these bytes will never be taken; every other failure may pass. */
const refusals = new Set([400, 413, 415, 422]);

/** Lines go to a receiver of CloudEvents in batches, in order; a segment is removed when all of it was taken. */
export function httpSink(options: HttpSinkOptions): Sink {
  /** How many batches of the segment that was tried last were taken: they are not sent again while this process lives. */
  let partly: { readonly path: string; batches: number; rejected: number } | undefined;
  return {
    deliver: async (segment) => {
      if (partly?.path !== segment.path) partly = { path: segment.path, batches: 0, rejected: 0 };
      let batch = 0;
      for await (const events of batchesOf(segment)) {
        if (batch++ < partly.batches) continue;
        const sent = await send(events, options);
        if (!sent.ok) return sent;
        partly.batches += 1;
        if (!sent.value) partly.rejected += events.length;
      }
      await rm(segment.path + sealedEnding, { force: true });
      const { rejected } = partly;
      partly = undefined;
      return success({ rejected });
    },
  };
}

async function* batchesOf(segment: SealedSegment): AsyncIterable<readonly string[]> {
  let events: string[] = [];
  let bytes = 0;
  const lines = createInterface({
    input: createReadStream(segment.path + sealedEnding),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  for await (const text of lines) {
    const line = parseLine(text);
    if (line === undefined) continue;
    const event = JSON.stringify(cloudEvent(line, idOf(text)));
    if (events.length === batchEvents || (events.length > 0 && bytes + event.length > batchBytes)) {
      yield events;
      events = [];
      bytes = 0;
    }
    events.push(event);
    bytes += event.length;
  }
  if (events.length > 0) yield events;
}

function idOf(line: string): string {
  return createHash('sha256').update(line).digest('hex').slice(0, 32);
}

export function cloudEvent(line: PredictionLogLine, id: string): CloudEvent {
  return {
    specversion: '1.0',
    id,
    source: `/trainyard/${encodeURIComponent(line.model)}`,
    type: `trainyard.prediction.${line.kind}.v${line.v}`,
    ...('request' in line && line.request !== '' ? { subject: line.request } : {}),
    time: line.time,
    datacontenttype: 'application/json',
    data: line,
  };
}

/** Whether the receiver took them; `false` when it never will. */
async function send(
  events: readonly string[],
  options: HttpSinkOptions,
): Promise<Result<boolean, SinkFailure>> {
  const { url, authorization, timeoutMs = 10_000 } = options;
  let status: number;
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/cloudevents-batch+json; charset=utf-8',
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: `[${events.join(',')}]`,
      signal: AbortSignal.timeout(timeoutMs),
    });
    status = response.status;
    await response.body?.cancel();
  } catch (error) {
    return failed(sinkUnreachable(url, reason(error)));
  }
  if (status >= 200 && status < 300) return success(true);
  if (refusals.has(status)) return success(false);
  return failed(sinkUnreachable(url, `it answers ${status}`));
}

function reason(error: unknown): string {
  const cause = (error as { readonly cause?: { readonly code?: string } }).cause?.code;
  return cause ?? (error instanceof Error ? error.message : String(error));
}
