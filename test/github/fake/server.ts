import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { description } from './description.ts';
import type { Fault } from './faults.ts';
import { gitRequest, passwordOf, refusedGit, runGitBackend } from './git-http.ts';
import { answerGraphql } from './graphql.ts';
import type { IdentityProvider } from './identity.ts';
import { limitHeaders, overLimit } from './limits.ts';
import { accountHandlers } from './operations/accounts.ts';
import { contentHandlers } from './operations/contents.ts';
import { deploymentHandlers } from './operations/deployments.ts';
import { discussionHandlers } from './operations/discussions.ts';
import { dispatchHandlers } from './operations/dispatches.ts';
import { gitDataHandlers } from './operations/git-data.ts';
import { pullHandlers } from './operations/pulls.ts';
import { releaseHandlers } from './operations/releases.ts';
import { runHandlers } from './operations/runs.ts';
import { acceptedHeader, isAllowed, neededFor } from './permissions.ts';
import { followPulls } from './pulls.ts';
import { afterPush } from './pushes.ts';
import type { Answer, Handlers, Token, World } from './world.ts';
import { notFound, problem } from './world.ts';

const handlers: Handlers = {
  ...accountHandlers,
  ...contentHandlers,
  ...deploymentHandlers,
  ...discussionHandlers,
  ...dispatchHandlers,
  ...gitDataHandlers,
  ...pullHandlers,
  ...releaseHandlers,
  ...runHandlers,
};

const versions = new Set(['2022-11-28', '2026-03-10']);

export interface Serving {
  readonly world: World;
  readonly identities: IdentityProvider;
  /** `POST issues/create-comment 201` */
  readonly seen: string[];
  /** What the fake itself did wrong. */
  readonly broken: string[];
}

/** A request on its way, and what is to be done to its answer. */
interface Exchange extends Serving {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: Buffer;
  fault?: Fault | undefined;
  /** The name of the call, for `seen`. */
  name: string;
}

export async function respond(
  serving: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const url = new URL(request.url!, serving.world.origin());
  const exchange: Exchange = { ...serving, request, url, body: Buffer.concat(chunks), name: url.pathname };
  let answer: Answer;
  try {
    answer = await answerTo(exchange);
  } catch (error) {
    serving.broken.push(`${exchange.name}: ${(error as Error).stack}`);
    answer = problem(500, `The fake broke: ${(error as Error).message}`);
  }
  serving.seen.push(`${request.method} ${exchange.name} ${answer.status}`);
  await send(response, answer, exchange.fault);
}

async function send(response: ServerResponse, answer: Answer, fault: Fault | undefined): Promise<void> {
  if (fault?.slowMs !== undefined) await wait(fault.slowMs);
  if (fault?.reset === 'before-answer') {
    response.destroy();
    return;
  }
  const isText = typeof answer.body === 'string';
  const bytes = Buffer.isBuffer(answer.body)
    ? answer.body
    : Buffer.from(
        answer.body === undefined ? '' : isText ? String(answer.body) : JSON.stringify(answer.body),
      );
  const type = isText ? 'text/html' : 'application/json; charset=utf-8';
  response.writeHead(answer.status, {
    ...(bytes.length === 0 ? {} : { 'content-type': type }),
    ...answer.headers,
    ...(answer.status === 204 ? {} : { 'content-length': bytes.length }),
  });
  if (fault?.reset === 'mid-answer') {
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
    return;
  }
  response.end(bytes);
}

async function answerTo(exchange: Exchange): Promise<Answer> {
  const { world, url, request } = exchange;
  const git = gitRequest(world, url);
  if (git !== undefined) return await answerGit(exchange, git);
  const identity = await exchange.identities.answer(url, request.headers.authorization ?? '');
  if (identity !== undefined) return identity;
  const secret = /^(?:bearer|token) (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const token = world.tokens.get(secret);
  if (token === undefined) return problem(401, 'Bad credentials');
  if (request.headers['user-agent'] === undefined) {
    return problem(403, 'Request forbidden by administrative rules.');
  }
  const version = request.headers['x-github-api-version'];
  if (version !== undefined && !versions.has(String(version))) {
    return problem(400, `"${version}" is not a supported version of the REST API.`);
  }
  const answer = await answerApi(exchange, token);
  return { ...answer, headers: { ...limitHeaders(world, token), ...answer.headers } };
}

async function answerApi(exchange: Exchange, token: Token): Promise<Answer> {
  const { world, url, request } = exchange;
  let body: unknown;
  try {
    body = exchange.body.length === 0 ? undefined : JSON.parse(exchange.body.toString('utf8'));
  } catch {
    return problem(400, 'Problems parsing JSON');
  }
  if (request.method === 'POST' && url.pathname === '/graphql') {
    const query = String((body as { query?: unknown } | undefined)?.query ?? '');
    const isWrite = /^\s*mutation\b/.test(query);
    exchange.name = /createCommitOnBranch/.test(query) ? 'graphql createCommitOnBranch' : 'graphql';
    return await worked(exchange, { id: 'graphql', token, isWrite, movesRefs: isWrite }, () =>
      answerGraphql(world, token, body),
    );
  }
  const matched = description().match(request.method!, url.pathname);
  const handler = matched === undefined ? undefined : handlers[matched.operation.id];
  if (matched === undefined || handler === undefined) {
    return problem(501, `The fake does not know ${request.method} ${url.pathname}`);
  }
  const { operation, path } = matched;
  exchange.name = operation.id;
  if ('repo' in path && `${path['owner']}/${path['repo']}` !== world.repository) return notFound();
  const needed = neededFor(operation.id, world.visibility === 'public');
  const isWrite = request.method !== 'GET';
  const movesRefs = isWrite && /^(git\/.*-ref|repos\/(create|update)-release)$/.test(operation.id);
  return await worked(exchange, { id: operation.id, token, isWrite, movesRefs }, async () => {
    if (!isAllowed(token.permissions, needed)) {
      const headers = { 'x-accepted-github-permissions': acceptedHeader(needed) };
      return { ...problem(403, 'Resource not accessible by integration'), headers };
    }
    const { problems, query } = description().requestProblems(operation, url.searchParams, body);
    if (problems.length > 0) return problem(422, `Invalid request.\n\n${problems.join('\n')}`);
    const fields = (body ?? {}) as Readonly<Record<string, unknown>>;
    const answer = await handler({ world, operation, token, path, query, body: fields, url });
    if (answer.status < 400) {
      const wrong = description().answerProblems(operation, answer.status, answer.body);
      if (wrong.length > 0) throw new Error(`its answer is not as described: ${wrong.join('; ')}`);
    }
    return answer;
  });
}

interface Work {
  readonly id: string;
  readonly token: Token;
  readonly isWrite: boolean;
  readonly movesRefs: boolean;
}

/** Limits, faults, the turn of writes, and what follows from moved refs. */
async function worked(
  exchange: Exchange,
  { id, token, isWrite, movesRefs }: Work,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const { world } = exchange;
  const carriedOut = async (): Promise<Answer> => {
    const fault = takeFault(world, id, isWrite);
    exchange.fault = fault;
    const instead =
      fault?.status === undefined
        ? undefined
        : { status: fault.status, headers: fault.headers ?? {}, body: fault.body };
    if (fault?.when === 'before') {
      await fault.meanwhile?.();
      if (instead !== undefined) return instead;
      if (fault.reset !== undefined) return { status: 502 };
    }
    const over = overLimit(world, token, id);
    if (over !== undefined) return over;
    const before = movesRefs ? await world.git.refs() : undefined;
    const answer = await work();
    if (before !== undefined && answer.status < 400) await afterPush(world, token, before);
    if (fault?.when === 'after') await fault.meanwhile?.();
    return instead ?? answer;
  };
  if (!isWrite) return await carriedOut();
  const turn = world.turn.then(carriedOut);
  world.turn = turn.catch(() => undefined);
  return await turn;
}

function takeFault(world: World, id: string, isWrite: boolean): Fault | undefined {
  const at = world.faults.findIndex(({ on }) => (on === undefined ? isWrite : on === id));
  return at === -1 ? undefined : world.faults.splice(at, 1)[0];
}

async function answerGit(
  exchange: Exchange,
  asked: NonNullable<ReturnType<typeof gitRequest>>,
): Promise<Answer> {
  const { world, request, url, body } = exchange;
  exchange.name = `git${asked.path}`;
  const secret = passwordOf(request.headers.authorization ?? '');
  const token = world.tokens.get(secret);
  const refused = refusedGit(world, asked, token);
  if (refused !== undefined) return refused;
  const isPush = asked.path === '/git-receive-pack';
  const work = async (): Promise<Answer> => {
    if (!isPush) return await runGitBackend(asked, url, request, body);
    exchange.fault = takeFault(world, 'git-push', true);
    const { fault } = exchange;
    if (fault?.when === 'before') {
      await fault.meanwhile?.();
      if (fault.status !== undefined) return { status: fault.status, body: fault.body };
    }
    const before = await asked.git!.refs();
    const answer = await runGitBackend(asked, url, request, body);
    if (asked.repository === world.repository) await afterPush(world, token!, before);
    else await followFork(world, token!, asked.repository, before);
    if (fault?.when === 'after') await fault.meanwhile?.();
    return fault?.status === undefined ? answer : { status: fault.status, body: fault.body };
  };
  if (!isPush) return await work();
  const turn = world.turn.then(work);
  world.turn = turn.catch(() => undefined);
  return await turn;
}

/** A push to a fork is news here only when a pull request comes from its branch. */
async function followFork(
  world: World,
  by: Token,
  repository: string,
  before: ReadonlyMap<string, string>,
): Promise<void> {
  for (const [ref, sha] of await world.forks.get(repository)!.refs()) {
    if (!ref.startsWith('refs/heads/') || before.get(ref) === sha) continue;
    await followPulls(world, by, { repository, branch: ref.slice(11), sha });
  }
}
