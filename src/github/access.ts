import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { ApiAnswer, ApiRequest, GithubApi } from './api.ts';
import { openGithubApi } from './api.ts';
import type { GithubFailure } from './failures.ts';
import { answerUnclear, denied, notFound, refused, settingMissing, unreachable } from './failures.ts';

/** One repository on GitHub, with the token of this job. Every call of this room takes it first. */
export interface GithubAccess extends AsyncDisposable {
  readonly api: GithubApi;
  /** `owner/name` */
  readonly repository: string;
  /** `/repos/owner/name` */
  readonly root: string;
  readonly graphqlUrl: string;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface AccessOptions {
  /** GITHUB_REPOSITORY, GITHUB_TOKEN, and for GitHub Enterprise GITHUB_API_URL and GITHUB_GRAPHQL_URL: as Actions sets them. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly sleep: (ms: number) => Promise<void>;
}

/** The repository that this CI job belongs to. */
export async function openGithub(options: AccessOptions): Promise<Result<GithubAccess, GithubFailure>> {
  const { environment, sleep } = options;
  const token = environment['GITHUB_TOKEN'];
  if (token === undefined || token === '') return failed(settingMissing('GITHUB_TOKEN'));
  const repository = environment['GITHUB_REPOSITORY'] ?? '';
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    return failed(settingMissing('GITHUB_REPOSITORY ("owner/name")'));
  }
  const apiUrl = environment['GITHUB_API_URL'] ?? 'https://api.github.com';
  const graphqlUrl = environment['GITHUB_GRAPHQL_URL'] ?? `${apiUrl.replace(/\/+$/, '')}/graphql`;
  for (const [name, url] of Object.entries({ GITHUB_API_URL: apiUrl, GITHUB_GRAPHQL_URL: graphqlUrl })) {
    if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
      return failed(settingMissing(`${name} that is an address`));
    }
  }
  const api = await openGithubApi({ apiUrl, graphqlUrl, token, environment, sleep, timeLimitMs: 60_000 });
  return success({
    api,
    repository,
    root: `/repos/${repository}`,
    graphqlUrl,
    sleep,
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  });
}

/** A question to GitHub: what it is about, in words, and the line of `permissions:` that it takes. */
export interface Question {
  readonly place: string;
  readonly needs: string;
  readonly url: string;
}

const readTries = 3;

/** Reads what is there; `undefined` for what is not. A broken answer to a read is asked for again. */
export async function read(
  { api, sleep }: GithubAccess,
  { place, needs, url }: Question,
): Promise<Result<ApiAnswer | undefined, GithubFailure>> {
  for (let attempt = 1; ; attempt++) {
    const got = await api.call({ method: 'GET', url, body: undefined });
    const isBroken = got.ok ? got.value.status >= 500 : got.failure.code === 'github-unreachable';
    if (isBroken && attempt < readTries) {
      await sleep(1_000 * attempt);
      continue;
    }
    if (!got.ok) return got;
    if (got.value.status === 200) return got;
    if (got.value.status === 404 || got.value.status === 410) return success(undefined);
    return failed(refusal(got.value, { place, needs }));
  }
}

/**
 * Everything of a list, over all its pages. `items` takes the list out of an answer. A list that somebody outside can make
 * long has a number of pages after which it is refused: each takes a call of the thousand that a repository has an hour.
 */
export async function readAll<T>(
  access: GithubAccess,
  question: Question,
  items: (json: unknown) => readonly T[] | undefined,
  mostPages = 100,
): Promise<Result<readonly T[], GithubFailure>> {
  const all: T[] = [];
  let url: string | undefined = question.url;
  for (let page = 0; url !== undefined; page++) {
    if (page >= mostPages) return failed(answerUnclear(question.place, 'the list does not end'));
    const got = await read(access, { ...question, url });
    if (!got.ok) return got;
    if (got.value === undefined) return failed(notFound(question.place, 'HTTP 404'));
    const list = items(got.value.json);
    if (list === undefined) return failed(answerUnclear(question.place, 'the answer is no list'));
    all.push(...list);
    url = got.value.next;
  }
  return success(all);
}

export type Write =
  | { readonly kind: 'done'; readonly json: unknown }
  /** It is not there (any more). */
  | { readonly kind: 'gone'; readonly failure: GithubFailure }
  /** GitHub understood, and will not. */
  | { readonly kind: 'refused'; readonly failure: GithubFailure }
  /** Nobody knows whether it was carried out. */
  | { readonly kind: 'unclear'; readonly failure: GithubFailure };

/** Sends a write once. Who calls looks again before sending another, when this one is unclear. */
export async function write(
  { api }: GithubAccess,
  request: Question & Pick<ApiRequest, 'method' | 'body'>,
): Promise<Result<Write, GithubFailure>> {
  const { method, url, body } = request;
  const got = await api.call({ method, url, body });
  if (!got.ok) {
    return got.failure.code === 'github-unreachable'
      ? success({ kind: 'unclear', failure: got.failure })
      : got;
  }
  const { status, json } = got.value;
  if (status >= 200 && status < 300) return success({ kind: 'done', json });
  const failure = refusal(got.value, request);
  if (status >= 500) return success({ kind: 'unclear', failure });
  if (status === 404 || status === 410) return success({ kind: 'gone', failure });
  if (status === 409 || status === 422) return success({ kind: 'refused', failure });
  return failed(failure);
}

/** What a bad answer means: GitHub's own words, and what the job lacks. */
export function refusal(answer: ApiAnswer, of: Pick<Question, 'place' | 'needs'>): GithubFailure {
  const { status } = answer;
  const said = wordsOf(answer);
  if (status === 401 || status === 403) return denied(of.place, said, lacking(answer.accepted, of.needs));
  if (status === 404 || status === 410 || (status >= 300 && status < 400)) return notFound(of.place, said);
  if (status >= 500) return unreachable(of.place, said);
  if (status === 409 || status === 422 || status === 400) return refused(of.place, said);
  return answerUnclear(of.place, said);
}

/** GitHub names what would have been enough; ours comes first where it is one of them. */
function lacking(accepted: string | undefined, ours: string): string {
  const named = (accepted ?? '')
    .split(/;\s*/)
    .map((each) => each.trim().replaceAll('_', '-').replace('=', ': '))
    .filter((each) => /^[\w-]+: (read|write)$/.test(each));
  return named.length === 0 || named.includes(ours) ? ours : named[0]!;
}

function wordsOf({ status, json }: ApiAnswer): string {
  const { message, errors } = (json ?? {}) as { message?: unknown; errors?: unknown };
  const list = (Array.isArray(errors) ? errors : []) as readonly unknown[];
  const words = [message, ...list.map(errorWords)].filter((each) => typeof each === 'string' && each !== '');
  return `HTTP ${status}, ${words.join('; ') || 'no message'}`.replace(/\p{Cc}+/gu, ' ').slice(0, 500);
}

function errorWords(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { message, field, code } = error as { message?: unknown; field?: unknown; code?: unknown };
  if (typeof message === 'string') return message;
  return [field, code].filter((each) => typeof each === 'string').join(' ');
}
