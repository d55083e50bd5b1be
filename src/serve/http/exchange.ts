import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Result } from '../../base/index.ts';
import { failed } from '../../base/index.ts';
import type { Identity } from '../access/need.ts';
import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';
import { failureReply } from './failure-reply.ts';
import type { HttpReply, HttpRequest, Route } from './message.ts';
import type { BodyBudget } from './read-body.ts';
import { bodyBroken, readBody } from './read-body.ts';

/** What an exchange needs of its listener. */
export interface ExchangeWorld {
  readonly maxBytes: number;
  readonly bodies: BodyBudget;
  /** Whether the connection ends after this answer. */
  readonly isLast: (exchange: Exchange) => boolean;
  /** For whatever answer. */
  readonly headers: (request: IncomingMessage) => Readonly<Record<string, string>> | undefined;
  readonly sent: (exchange: Exchange, reply: HttpReply) => void;
}

/** Bytes of a body that nobody read which are read away, so that the connection can go on. */
const readAway = 65_536;
/** Milliseconds in which whoever still sends can see the answer, before the connection is closed on them. */
const lingerMs = 2_000;

/** One request and its one answer; the first answer counts. */
export class Exchange implements HttpRequest {
  readonly id: string;
  readonly path: string;
  readonly incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  readonly #world: ExchangeWorld;
  readonly #search: string;
  readonly began: number;
  arrived: number;
  route: Route | undefined;
  params: Readonly<Record<string, string>> = {};
  identity?: Identity;
  /** It asked whether it may send its body, and waits for the word. */
  #waitsToSend: boolean;
  #isAnswered = false;
  #body: Promise<Result<Buffer, ServeFailure>> | undefined;
  #breakBody: ((failure: ServeFailure) => void) | undefined;

  constructor(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    { id, expects, world }: { readonly id: string; readonly expects: boolean; readonly world: ExchangeWorld },
  ) {
    this.incoming = incoming;
    this.#outgoing = outgoing;
    this.#world = world;
    this.#waitsToSend = expects;
    this.id = id;
    this.began = this.arrived = performance.now();
    const url = pathOf(incoming.url ?? '/');
    const cut = url.indexOf('?');
    this.path = cut < 0 ? url : url.slice(0, cut);
    this.#search = cut < 0 ? '' : url.slice(cut + 1);
  }

  get method(): string {
    return this.incoming.method ?? 'GET';
  }

  get headers(): IncomingHttpHeaders {
    return this.incoming.headers;
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#search);
  }

  get hasQuery(): boolean {
    return this.#search !== '';
  }

  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** Whether all of it is here. */
  get hasArrived(): boolean {
    return this.incoming.complete || !hasBody(this.incoming);
  }

  body(maxBytes: number = this.#world.maxBytes): Promise<Result<Buffer, ServeFailure>> {
    this.#body ??= this.#read(Math.min(maxBytes, this.#world.maxBytes));
    return this.#body;
  }

  async #read(maxBytes: number): Promise<Result<Buffer, ServeFailure>> {
    if (Number(this.headers['content-length'] ?? 0) <= maxBytes && this.#waitsToSend) {
      this.#waitsToSend = false;
      this.#outgoing.writeContinue();
    }
    const broken = new Promise<Result<Buffer, ServeFailure>>((resolve) => {
      this.#breakBody = (failure) => resolve(failed(failure));
    });
    const body = await Promise.race([readBody(this.incoming, maxBytes, this.#world.bodies), broken]);
    this.arrived = performance.now();
    return body;
  }

  /** The rest of the body will not come, or is none. */
  breakOff(failure: ServeFailure = bodyBroken()): void {
    this.#breakBody?.(failure);
  }

  refuse(failure: ServeFailure): void {
    this.answer((this.route?.refuse ?? failureReply)(failure, this.id));
  }

  answer(reply: HttpReply): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    const outgoing = this.#outgoing;
    const { incoming } = this;
    const isOpen = !outgoing.destroyed && incoming.socket.writable;
    if (isOpen) {
      const unread = !incoming.complete && hasBody(incoming);
      const rest = unread ? Number(incoming.headers['content-length'] ?? Number.POSITIVE_INFINITY) : 0;
      const isLast = this.#world.isLast(this) || rest > readAway || (unread && this.#waitsToSend);
      const bytes = typeof reply.body === 'string' ? Buffer.byteLength(reply.body) : reply.body.length;
      const headers: string[] = ['content-type', reply.type, 'x-request-id', this.id];
      if (reply.status !== 204) headers.push('content-length', String(bytes));
      if (reply.headers !== undefined) push(headers, reply.headers);
      const more = this.#world.headers(incoming);
      if (more !== undefined) push(headers, more);
      if (isLast) headers.push('connection', 'close');
      outgoing.writeHead(reply.status, headers);
      const body = incoming.method === 'HEAD' || reply.status === 204 ? undefined : reply.body;
      if (isLast && unread && !this.#waitsToSend) linger(incoming, outgoing, body);
      else outgoing.end(body);
    }
    this.#world.sent(this, reply);
  }

  fail(error: unknown): void {
    const message =
      'Something went wrong here; the log of the server tells more, under the id of this request';
    this.refuse(serveFailure('serve-internal', message, { cause: error }));
  }
}

/**
 * Closing a connection while the other side still sends makes its system throw away our answer. So: the whole answer
 * first, then their bytes into nothing, for a moment.
 */
function linger(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  body: HttpReply['body'] | undefined,
): void {
  if (body === undefined) outgoing.flushHeaders();
  else outgoing.write(body);
  const timer = setTimeout(() => outgoing.end(), lingerMs);
  const end = (): void => {
    clearTimeout(timer);
    outgoing.end();
  };
  incoming.once('end', end).once('error', end).once('close', end);
  incoming.resume();
}

function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': coding } = headers;
  return coding !== undefined || (length !== undefined && length !== '0');
}

function push(list: string[], headers: Readonly<Record<string, string>>): void {
  for (const name in headers) list.push(name, headers[name]!);
}

/** Proxies may ask with the whole URL. */
function pathOf(url: string): string {
  if (url.startsWith('/')) return url;
  const whole = /^https?:\/\/[^/?#]*([^#]*)/i.exec(url)?.[1];
  if (whole === undefined) return url;
  return whole.startsWith('/') ? whole : `/${whole}`;
}
