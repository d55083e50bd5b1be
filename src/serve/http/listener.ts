import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import type { Result } from '../../base/index.ts';
import type { Identity, Need } from '../access/need.ts';
import { needOf } from '../access/need.ts';
import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';
import type { ServerLog } from '../logs/server-log.ts';
import type { Observer } from '../observer.ts';
import { openAdmission } from './admission.ts';
import { Connections } from './connections.ts';
import type { CorsOrigins } from './cors.ts';
import { corsHeaders } from './cors.ts';
import type { ExchangeWorld } from './exchange.ts';
import { Exchange } from './exchange.ts';
import type { FindRouteOptions } from './find-route.ts';
import { findRoute } from './find-route.ts';
import type { HttpLimits } from './limits.ts';
import { defaultHttpLimits } from './limits.ts';
import type { HttpRequest, Refuse, Route } from './message.ts';
import { protocolErrorReply, protocolFailure } from './protocol-error.ts';
import { broughtId } from './request-id.ts';
import { makeRouter } from './router.ts';

export interface ListenerOptions {
  readonly routes: readonly Route[];
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly maxBytes: number;
  /** A name for a request that brings none. */
  readonly requestId: () => string;
  readonly limits?: Partial<HttpLimits>;
  /** Milliseconds from the arrival of a whole request to its answer. */
  readonly timeoutOf?: (params: Readonly<Record<string, string>>) => number;
  /** Absent: everybody may do everything. */
  readonly admit?: Admit;
  readonly cors?: CorsOrigins;
  readonly observers?: readonly Observer[];
  readonly log?: ServerLog;
  /** A line for each request. */
  readonly logRequests?: boolean;
  /** How paths below `/v2` say that there is nothing. */
  readonly refuseUnknown?: (path: string) => Refuse | undefined;
  /** It was told to end: whoever asks for the readiness must learn it from now on. */
  readonly draining?: () => void;
  /**
   * Resolves when no other process holds the listening socket that takes no connections from it any more: whoever closes it
   * last has taken all of them.
   */
  readonly released?: () => Promise<void>;
}

/** Who asks, and whether they may. */
export type Admit = (
  request: HttpRequest,
  need: Need,
  model: string | undefined,
) => Result<Identity | undefined, ServeFailure> | Promise<Result<Identity | undefined, ServeFailure>>;

/** A server that listens. Disposing takes no more requests and waits for those that are there. */
export interface Listener extends AsyncDisposable {
  readonly url: string;
  readonly server: Server;
}

/** Milliseconds in which connections that were made are taken before the socket is closed. */
const breath = 50;
/** Milliseconds in which the processes that share a socket have all closed it. */
const breathOfOthers = 250;
/** How often requests are looked at that take too long. */
const glance = 100;

export async function listen(options: ListenerOptions): Promise<Listener> {
  const limits = { ...defaultHttpLimits, ...options.limits };
  const { cors = [], log, observers = [], timeoutOf } = options;
  const finding: FindRouteOptions = {
    router: makeRouter(options.routes),
    cors,
    ...(options.refuseUnknown === undefined ? {} : { refuseUnknown: options.refuseUnknown }),
  };
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.bodyMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: Math.min(1000, limits.headersMs, limits.bodyMs),
    noDelay: true,
  });
  server.timeout = limits.silentMs;
  server.maxConnections = limits.connections;
  // Those beyond would be dropped without a word: they are counted here instead.
  server.maxHeadersCount = 0;
  const connections = new Connections(server);
  let isEnding = false;
  const admission = openAdmission({
    mostWaitMs: limits.waitMs,
    busyMs: () => performance.eventLoopUtilization().active,
  });

  const world: ExchangeWorld = {
    maxBytes: options.maxBytes,
    bodies: { held: 0, most: Math.max(limits.bodyBytesAtOnce, options.maxBytes) },
    isLast: (exchange) => connections.isLast(exchange, isEnding),
    headers: (request) => (cors.length === 0 ? undefined : corsHeaders(request, cors)),
    sent: (exchange, { status, code, body }) => {
      connections.ended(exchange);
      if (code !== 'serve-overloaded') admission.answered();
      const pattern = exchange.route?.path ?? '';
      const reply = { route: pattern, status, request: exchange, ...(code === undefined ? {} : { code }) };
      for (const observer of observers) observer.replied?.(reply);
      if (options.logRequests !== true || log === undefined) return;
      log({
        level: status >= 500 ? 'error' : 'info',
        event: 'request',
        message: `${exchange.method} ${pattern === '' ? 'no route' : pattern} ${status}`,
        facts: {
          request: exchange.id,
          method: exchange.method,
          route: pattern,
          model: exchange.params['model'],
          status,
          code,
          ms: Math.round(1000 * (performance.now() - exchange.began)) / 1000,
          bytes: body.length,
          identity: exchange.identity?.name,
        },
      });
    },
  };

  const begin = (incoming: IncomingMessage, outgoing: ServerResponse, expects: boolean): void => {
    const id = broughtId(incoming.headers['x-request-id']) ?? options.requestId();
    const exchange = new Exchange(incoming, outgoing, { id, expects, world });
    connections.began(exchange);
    converse(exchange).catch((error: unknown) => {
      log?.({
        level: 'error',
        event: 'error',
        message: 'A request ended in a mistake of the server',
        facts: {
          request: id,
          route: exchange.route?.path,
          because: error instanceof Error ? error.message : String(error),
          stack: error instanceof Error ? (error.stack ?? '').split('\n').slice(0, 8) : [],
        },
      });
      exchange.fail(error);
    });
  };

  /** While it resolves, no request is looked at. */
  let held: Promise<void> | undefined;

  const converse = async (exchange: Exchange): Promise<void> => {
    if (held !== undefined) await held;
    if (namesHosts(exchange.incoming))
      return exchange.refuse(serveFailure('serve-http', 'The request names more than one host'));
    const answered = findRoute(exchange, finding);
    if (answered !== undefined) return exchange.answer(answered);
    const found = exchange.route!;
    if (exchange.incoming.rawHeaders.length > 2 * limits.headers) {
      return exchange.refuse(
        serveFailure('serve-headers-too-large', `The request has more than ${limits.headers} headers`),
      );
    }
    const need = needOf(found);
    if (options.admit !== undefined && need !== 'open') {
      const admitted = options.admit(exchange, need, exchange.params['model']);
      const identity = admitted instanceof Promise ? await admitted : admitted;
      if (!identity.ok) return exchange.refuse(identity.failure);
      if (identity.value !== undefined) exchange.identity = identity.value;
    }
    if (isWork(need)) {
      const wait = admission.tooLong(connections.exchanges);
      if (wait !== undefined || connections.exchanges > limits.requests) {
        const message = 'More requests are being answered than the server takes';
        const retryAfter = Math.min(60, Math.max(1, Math.ceil((wait ?? 0) / 1000)));
        return exchange.refuse(serveFailure('serve-overloaded', message, { retryAfter }));
      }
    }
    const reply = found.handle(exchange);
    exchange.answer(reply instanceof Promise ? await reply : reply);
  };

  const watch = setInterval(() => {
    admission.look();
    const now = performance.now();
    for (const exchange of connections.all()) {
      if (exchange.isAnswered) continue;
      if (!exchange.hasArrived) {
        if (now - exchange.began > limits.bodyMs) exchange.refuse(bodySlow());
        continue;
      }
      const most = timeoutOf?.(exchange.params) ?? Number.POSITIVE_INFINITY;
      if (now - exchange.arrived > most)
        exchange.refuse(serveFailure('serve-timeout', `There was no answer within ${most} ms`));
    }
  }, glance);
  watch.unref();

  server.on('request', (incoming, outgoing) => begin(incoming, outgoing, false));
  server.on('checkContinue', (incoming, outgoing) => begin(incoming, outgoing, true));
  server.on('clientError', (error: NodeJS.ErrnoException, duplex: Duplex) => {
    const socket = duplex as Socket;
    const failure = protocolFailure(error);
    const connection = connections.of(socket);
    if (connection !== undefined && connection.exchanges.size > 0) {
      // The answers that are due come first, and the connection ends with the last of them.
      connection.isBroken = true;
      for (const exchange of connection.exchanges) if (!exchange.hasArrived) exchange.breakOff(failure);
      return;
    }
    if (socket.writable && failure !== undefined)
      socket.end(protocolErrorReply(failure, options.requestId()));
    else socket.destroy();
  });
  let dropped = 0;
  server.on('drop', () => {
    if (dropped++ % 1000 === 0) {
      log?.({
        level: 'warn',
        event: 'connections',
        message: `There are ${limits.connections} connections, and more are turned away`,
        facts: { turnedAway: dropped },
      });
    }
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, 4096, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  let ending: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    options.draining?.();
    // Whoever hands out connections learns that this server is not ready, while all that it has goes on as before.
    if (limits.drainGraceMs > 0) await pause(limits.drainGraceMs);
    // Connections that wait in the system when the socket is closed are broken off. So nobody is answered for a moment:
    // who waits for an answer makes no connection, and those that were made are taken.
    let letGo = (): void => undefined;
    held = new Promise((resolve) => {
      letGo = resolve;
    });
    await options.released?.();
    await pause(breath);
    // A process that had to wait for the processor comes back with its timers, before it has taken anything.
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    isEnding = true;
    const ended = connections.end(server, limits.drainMs);
    // The other processes close theirs at about the same time.
    if (options.released !== undefined) await pause(breathOfOthers);
    held = undefined;
    letGo();
    await ended;
    clearInterval(watch);
  };
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    server,
    [Symbol.asyncDispose]: () => {
      ending ??= end();
      return ending;
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Which of two hosts is meant, everybody on the way may see differently (RFC 9112, section 3.2). */
function namesHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts > 1;
}

function bodySlow(): ServeFailure {
  return serveFailure('serve-body-slow', 'The request did not arrive in time');
}

/** Work is refused when there is too much of it; questions about the server are not. */
function isWork(need: Need): boolean {
  return need === 'predict' || need === 'feedback';
}
