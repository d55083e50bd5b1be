import type { IncomingHttpHeaders } from 'node:http';
import type { Result } from '../../base/index.ts';
import type { Identity, Need } from '../access/need.ts';
import type { ServeFailure, ServeFailureCode } from '../failures.ts';

/** A request, as routes see it. */
export interface HttpRequest {
  /** From `x-request-id` when it is a plain name, else made: letters, digits and `._:+/=-` only. */
  readonly id: string;
  readonly method: string;
  /** As it came, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** What the route's pattern found in the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** When its headers had arrived, in milliseconds on the monotonic clock. */
  readonly arrived: number;
  /** Who asks; absent when nobody has to say it. */
  readonly identity?: Identity;
  /** The whole body, at most as large as the limit of the server, or a lower one. */
  body(maxBytes?: number): Promise<Result<Buffer, ServeFailure>>;
}

export interface HttpReply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  /** In lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of an answer that says a failure: for metrics and the log. */
  readonly code?: ServeFailureCode;
}

export type Handler = (request: HttpRequest) => Promise<HttpReply> | HttpReply;

export interface Route {
  readonly method: 'GET' | 'POST' | 'HEAD';
  /** `/v2/models/:model/infer` */
  readonly path: string;
  readonly handle: Handler;
  /** What whoever asks has to be allowed, when access is controlled. Default: to predict with `:model`, or to be known. */
  readonly needs?: Need;
  /** How this route says a failure. Default: as the simple way does. */
  readonly refuse?: Refuse;
}

/** Turns a failure into an answer. */
export type Refuse = (failure: ServeFailure, requestId: string) => HttpReply;
