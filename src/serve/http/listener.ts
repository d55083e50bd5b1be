import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';
import type { HttpReply, HttpRequest, Route } from './message.ts';
import { makeRouter } from './router.ts';

export interface ListenerOptions {
  readonly routes: readonly Route[];
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly maxBytes: number;
  /** A name for a request that brings none. */
  readonly requestId: () => string;
}

/** A server that listens. Disposing takes no more requests and waits for those that are there. */
export interface Listener extends AsyncDisposable {
  readonly url: string;
  readonly server: Server;
}

export async function listen(options: ListenerOptions): Promise<Listener> {
  const route = makeRouter(options.routes);
  const server = createServer((incoming, outgoing) => void exchange(incoming, outgoing, route, options));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    server,
    [Symbol.asyncDispose]: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
    },
  };
}

async function exchange(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  route: ReturnType<typeof makeRouter>,
  options: ListenerOptions,
): Promise<void> {
  const arrived = performance.now();
  const url = incoming.url ?? '/';
  const cut = url.indexOf('?');
  const path = cut < 0 ? url : url.slice(0, cut);
  const found = route(incoming.method ?? 'GET', path);
  const id = (incoming.headers['x-request-id'] as string | undefined) ?? options.requestId();
  let reply: HttpReply;
  if (found.kind === 'found') {
    const request: HttpRequest = {
      id,
      method: incoming.method ?? 'GET',
      path,
      query: new URLSearchParams(cut < 0 ? '' : url.slice(cut + 1)),
      headers: incoming.headers,
      params: found.params,
      arrived,
      body: () => readBody(incoming, options.maxBytes),
    };
    reply = await found.handle(request);
  } else if (found.kind === 'method') {
    reply = failureReply(
      serveFailure('serve-method', `Only ${found.allowed.join(', ')} is possible here`),
      id,
    );
  } else {
    reply = failureReply(serveFailure('serve-route-unknown', 'There is nothing at this path'), id);
  }
  outgoing.writeHead(reply.status, {
    'content-type': reply.type,
    'content-length': Buffer.byteLength(reply.body),
    'x-request-id': id,
    ...reply.headers,
  });
  outgoing.end(incoming.method === 'HEAD' ? undefined : reply.body);
}

function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Result<Buffer, ServeFailure>> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    incoming.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > maxBytes) {
        resolve(failed(serveFailure('serve-body-too-large', `The body is larger than ${maxBytes} bytes`)));
      } else parts.push(part);
    });
    incoming.on('end', () => resolve(success(parts.length === 1 ? parts[0]! : Buffer.concat(parts))));
    incoming.on('error', () => resolve(failed(serveFailure('serve-body-not-json', 'The body broke off'))));
  });
}

/** A failure as the simple way says it. */
export function failureReply(failure: ServeFailure, requestId: string): HttpReply {
  const { code, message, status, problems, retryAfter } = failure;
  return {
    status,
    type: 'application/json',
    body: JSON.stringify({
      error: { code, message, ...(problems === undefined ? {} : { problems }) },
      request: requestId,
    }),
    ...(retryAfter === undefined ? {} : { headers: { 'retry-after': String(retryAfter) } }),
  };
}
