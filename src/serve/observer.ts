import type { IncomingHttpHeaders } from 'node:http';
import type { Prediction } from '../onnx/index.ts';
import type { Row } from '../servable/index.ts';
import type { ServeFailure, ServeFailureCode } from './failures.ts';
import type { AnswerRole, ServedVersion } from './fleet.ts';

/** Learns of every answer: metrics, the prediction log, traces. What it does must not be waited for, but for `settled`. */
export interface Observer {
  answered(event: AnswerEvent): void;
  /**
   * The prediction log in `sync` mode: resolves when the event is kept, with a failure when it could not be and the
   * answer must not go out without its record. Absent: nothing to wait for.
   */
  settled?(event: AnswerEvent): Promise<ServeFailure | undefined> | undefined;
  /** A shadow had too much to do for a copy, which was not made. */
  dropped?(copy: DroppedCopy): void;
  /** Every answer of the listener, of whatever route. */
  replied?(event: ReplyEvent): void;
  /** What an observer that keeps events did with them; the metrics ask at every scrape. */
  kept?(): KeptEvents;
}

export interface DroppedCopy {
  readonly model: string;
  readonly shadow: ServedVersion;
  readonly protocol: AnswerEvent['protocol'];
}

export interface ReplyEvent {
  /** The pattern of the route, never the path: it names metrics. Empty when no route was found. */
  readonly route: string;
  /** Of HTTP. */
  readonly status: number;
  readonly code?: ServeFailureCode;
  readonly request?: RepliedRequest;
}

/** What was answered, for whoever traces it. */
export interface RepliedRequest {
  readonly id: string;
  readonly method: string;
  /** As it came, without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** On the monotonic clock, in milliseconds. */
  readonly began: number;
}

/** Since the start of the process. */
export interface KeptEvents {
  readonly written: number;
  /** Lost because the buffer was full or the sink failed for too long. */
  readonly dropped: number;
  /** In the buffer now. */
  readonly waiting: number;
}

export interface AnswerEvent {
  readonly requestId: string;
  readonly model: string;
  /** Absent when the request failed before a version was chosen. */
  readonly version?: ServedVersion;
  readonly role: AnswerRole;
  /** Of the role `variant`: the value of the header that chose it. */
  readonly variant?: string;
  readonly protocol: 'simple' | 'v2';
  /** As they came; checked only when there is a prediction. */
  readonly rows: readonly Row[];
  readonly prediction?: Prediction;
  /** Of this request in `prediction`. */
  readonly firstRow: number;
  readonly failure?: ServeFailure;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** From the arrival of the whole request to its answer, in milliseconds. */
  readonly latency: number;
}
