import type { IncomingHttpHeaders } from 'node:http';
import type { Result } from '../../base/index.ts';
import type { ServeFailure } from '../failures.ts';

/** A request, as routes see it. */
export interface HttpRequest {
  /** From `x-request-id`, or made. */
  readonly id: string;
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** What the route's pattern found in the path. */
  readonly params: Readonly<Record<string, string>>;
  /** When its headers had arrived, in milliseconds on the monotonic clock. */
  readonly arrived: number;
  /** The whole body, at most as large as the limit. */
  body(): Promise<Result<Buffer, ServeFailure>>;
}

export interface HttpReply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (request: HttpRequest) => Promise<HttpReply> | HttpReply;

export interface Route {
  readonly method: 'GET' | 'POST' | 'HEAD';
  /** `/v2/models/:model/infer` */
  readonly path: string;
  readonly handle: Handler;
}
