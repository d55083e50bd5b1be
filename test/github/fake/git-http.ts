import { spawn } from 'node:child_process';
import type { IncomingMessage } from 'node:http';
import type { Git } from './git.ts';
import { has } from './permissions.ts';
import type { Answer, Token, World } from './world.ts';

/** A request of Git's smart HTTP. */
export interface GitRequest {
  readonly repository: string;
  readonly git: Git | undefined;
  /** `/info/refs`, `/git-upload-pack`, `/git-receive-pack` */
  readonly path: string;
  readonly isPush: boolean;
}

export function gitRequest(world: World, url: URL): GitRequest | undefined {
  const found = /^\/([\w.-]+\/[\w.-]+?)(?:\.git)?(\/info\/refs|\/git-upload-pack|\/git-receive-pack)$/.exec(
    url.pathname,
  );
  if (found === null) return undefined;
  const [, repository, path] = found as unknown as [string, string, string];
  const git = repository === world.repository ? world.git : world.forks.get(repository);
  const service = url.searchParams.get('service');
  return { repository, git, path, isPush: path === '/git-receive-pack' || service === 'git-receive-pack' };
}

/** The password of Basic authentication, as checkout sends it: `x-access-token:<token>`. */
export function passwordOf(authorization: string): string {
  const [, credentials] = /^basic (\S+)$/i.exec(authorization) ?? [];
  return Buffer.from(credentials ?? '', 'base64')
    .toString('utf8')
    .split(':')
    .slice(1)
    .join(':');
}

/** Why a request may not come in; `undefined` when it may. */
export function refusedGit(world: World, asked: GitRequest, token: Token | undefined): Answer | undefined {
  if (token === undefined) {
    if (!asked.isPush && world.visibility === 'public' && asked.git !== undefined) return undefined;
    return { status: 401, headers: { 'www-authenticate': 'Basic realm="GitHub"' }, body: 'who are you?' };
  }
  if (asked.git === undefined) return { status: 404, body: 'Repository not found.' };
  const owns = asked.repository.startsWith(`${token.actor}/`);
  const level = asked.isPush ? 'write' : 'read';
  const may =
    asked.repository === world.repository
      ? has(token.permissions, 'contents', level) || (!asked.isPush && world.visibility === 'public')
      : owns || !asked.isPush;
  if (may) return undefined;
  const message = `Permission to ${asked.repository}.git denied to ${token.actor}.`;
  return { status: 403, body: message };
}

/** Git's own server, behind CGI. */
export async function runGitBackend(
  asked: GitRequest,
  url: URL,
  request: IncomingMessage,
  body: Buffer,
): Promise<{ readonly status: number; readonly headers: Record<string, string>; readonly body: Buffer }> {
  const header = (name: string): string => String(request.headers[name] ?? '');
  const settings: readonly (readonly [string, string])[] = [
    ['uploadpack.allowFilter', 'true'],
    ['uploadpack.allowAnySHA1InWant', 'true'],
    ['safe.directory', '*'],
    ['receive.autogc', 'false'],
    ['http.receivepack', 'true'],
  ];
  const env = {
    PATH: process.env['PATH'],
    HOME: asked.git!.folder,
    GIT_PROJECT_ROOT: asked.git!.folder,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], i) => [
        [`GIT_CONFIG_KEY_${i}`, key],
        [`GIT_CONFIG_VALUE_${i}`, value],
      ]),
    ),
    PATH_INFO: asked.path,
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: request.method!,
    CONTENT_TYPE: header('content-type'),
    CONTENT_LENGTH: String(body.length),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    HTTP_GIT_PROTOCOL: header('git-protocol'),
    REMOTE_ADDR: '127.0.0.1',
    REMOTE_USER: 'somebody',
  };
  const backend = spawn('git', ['http-backend'], { env });
  backend.stderr.resume();
  backend.stdin.on('error', () => undefined);
  backend.stdin.end(body);
  const chunks: Buffer[] = [];
  for await (const chunk of backend.stdout as AsyncIterable<Buffer>) chunks.push(chunk);
  const output = Buffer.concat(chunks);
  const split = output.indexOf('\r\n\r\n');
  const lines = output.subarray(0, split).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(':')[0]!.toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const status = Number.parseInt(headers['status'] ?? '200', 10);
  delete headers['status'];
  return { status, headers, body: output.subarray(split + 4) };
}
