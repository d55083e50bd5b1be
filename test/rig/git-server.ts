import { spawn } from 'node:child_process';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export interface GitServerOptions {
  /** A folder of bare repositories; each is reached by its own name. */
  readonly root: string;
}

/** What the server does to requests from now on; all of it may be changed while it runs. */
export interface GitServerBehaviour {
  /** The password that everybody has to send. */
  token?: string;
  /** Only a push needs the token. */
  tokenForPush?: boolean;
  /** Before each answer. */
  delayMs?: number;
  /** The connection ends when a push has arrived, before or after it is carried out. */
  breakPush?: 'before' | 'after';
  /** Old servers do not know protocol 2. */
  noProtocol2?: boolean;
  /** Answers a request itself and says so, in place of Git. */
  instead?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  status: number;
  received: number;
  sent: number;
}

/** Git's own server, `git http-backend`, behind a small CGI bridge on the loopback interface. */
export interface GitServer extends AsyncDisposable {
  readonly origin: string;
  readonly behaviour: GitServerBehaviour;
  readonly seen: SeenRequest[];
  url(repository: string): string;
}

export async function gitServer(options: GitServerOptions): Promise<GitServer> {
  const behaviour: GitServerBehaviour = {};
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    void answer(options, { behaviour, seen, request, response }).catch(() => response.destroy());
  });
  const origin = await listening(server);
  return {
    origin,
    behaviour,
    seen,
    url: (repository) => `${origin}/${repository}`,
    [Symbol.asyncDispose]: () => closed(server),
  };
}

interface Exchange {
  readonly behaviour: GitServerBehaviour;
  readonly seen: SeenRequest[];
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answer(options: GitServerOptions, exchange: Exchange): Promise<void> {
  const { behaviour, request, response } = exchange;
  const { authorization } = request.headers;
  const entry: SeenRequest = {
    method: request.method!,
    path: request.url!,
    authorization,
    status: 0,
    received: 0,
    sent: 0,
  };
  exchange.seen.push(entry);
  response.on('close', () => {
    entry.status = response.statusCode;
  });
  if (behaviour.delayMs !== undefined) await wait(behaviour.delayMs);
  if (behaviour.instead?.(request, response)) return;
  const isPush = request.url!.includes('git-receive-pack');
  const password = Buffer.from(authorization?.replace(/^Basic /i, '') ?? '', 'base64')
    .toString()
    .split(':')[1];
  const guarded = behaviour.token !== undefined && (isPush || behaviour.tokenForPush !== true);
  if (guarded && password !== behaviour.token) {
    request.resume();
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end('who are you?');
    return;
  }
  const pushes = isPush && request.method === 'POST';
  if (pushes && behaviour.breakPush === 'before') {
    request.resume();
    await new Promise((resolve) => request.on('end', resolve));
    response.destroy();
    return;
  }
  const backend = spawn('git', ['http-backend'], { env: cgiEnvironment(options, behaviour, request) });
  backend.stderr.resume();
  backend.stdin.on('error', () => undefined);
  request.on('data', (chunk: Buffer) => {
    entry.received += chunk.length;
  });
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  for await (const chunk of backend.stdout as AsyncIterable<Buffer>) chunks.push(chunk);
  const output = Buffer.concat(chunks);
  if (pushes && behaviour.breakPush === 'after') {
    response.destroy();
    return;
  }
  const split = output.indexOf('\r\n\r\n');
  const lines = output.subarray(0, split).toString('latin1').split('\r\n');
  const headers = lines.map((line) => line.split(/:\s*/, 2) as [string, string]);
  const status = headers.find(([name]) => name.toLowerCase() === 'status')?.[1];
  for (const [name, value] of headers) if (name.toLowerCase() !== 'status') response.setHeader(name, value);
  response.statusCode = status === undefined ? 200 : Number.parseInt(status, 10);
  const body = output.subarray(split + 4);
  entry.sent = body.length;
  response.end(body);
}

function cgiEnvironment(
  { root }: GitServerOptions,
  behaviour: GitServerBehaviour,
  request: IncomingMessage,
): NodeJS.ProcessEnv {
  const url = new URL(request.url!, 'http://localhost');
  const header = (name: string): string => String(request.headers[name] ?? '');
  return {
    PATH: process.env['PATH'],
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_COUNT: '3',
    GIT_CONFIG_KEY_0: 'uploadpack.allowFilter',
    GIT_CONFIG_VALUE_0: 'true',
    GIT_CONFIG_KEY_1: 'safe.directory',
    GIT_CONFIG_VALUE_1: '*',
    GIT_CONFIG_KEY_2: 'receive.autogc',
    GIT_CONFIG_VALUE_2: 'false',
    HOME: root,
    PATH_INFO: decodeURIComponent(url.pathname),
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: request.method!,
    CONTENT_TYPE: header('content-type'),
    CONTENT_LENGTH: header('content-length'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    HTTP_GIT_PROTOCOL: behaviour.noProtocol2 === true ? '' : header('git-protocol'),
    REMOTE_ADDR: '127.0.0.1',
    // A user who is known may push.
    REMOTE_USER: 'somebody',
  };
}

export interface CountingProxy extends AsyncDisposable {
  readonly url: string;
  /** Host and port of what was asked for. */
  readonly asked: string[];
}

/** A proxy as HTTP_PROXY names it: forwards requests, and tunnels those that begin with CONNECT. */
export async function countingProxy(): Promise<CountingProxy> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url!);
    asked.push(url.host);
    const { headers, method } = request;
    const forwarded = httpRequest(url, { method: method!, headers }, (answered) => {
      response.writeHead(answered.statusCode!, answered.headers);
      answered.pipe(response);
    });
    forwarded.on('error', () => response.destroy());
    request.pipe(forwarded);
  });
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    asked.push(request.url!);
    const [host, port] = request.url!.split(':') as [string, string];
    const target = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(client).pipe(target);
    });
    for (const socket of [target, client]) socket.on('error', () => [target, client].map((s) => s.destroy()));
  });
  return { url: await listening(server), asked, [Symbol.asyncDispose]: () => closed(server) };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
