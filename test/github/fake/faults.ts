/** What goes wrong with one call of a kind. They are used up in order. */
export interface Fault {
  /** An operation (`issues/create-comment`, `graphql`), or every call that writes: the default. */
  readonly on?: string;
  /** In place of the work, or after it was done. */
  readonly when: 'before' | 'after';
  /** The answer; without it the work's own, late or not at all. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The connection breaks: before anything is answered, or in the middle of the answer. */
  readonly reset?: 'before-answer' | 'mid-answer';
  readonly slowMs?: number;
  /** What somebody else does at that moment. */
  readonly meanwhile?: () => void | Promise<void>;
}

export function badGateway(when: Fault['when'], on?: string): Fault {
  return { when, ...named(on), status: 502, body: '<html><title>502 Bad Gateway</title></html>' };
}

export function retryAfter(seconds: number, on?: string): Fault {
  return { ...secondaryLimit(on), headers: { 'retry-after': String(seconds) } };
}

/** The limit of content, without a word about how long. */
export function secondaryLimit(on?: string): Fault {
  const message =
    'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.';
  return { when: 'before', ...named(on), status: 403, body: { message, documentation_url: limits } };
}

export function tooManyRequests(seconds: number, on?: string): Fault {
  const body = { message: 'Too many requests', documentation_url: limits };
  return { when: 'before', ...named(on), status: 429, headers: { 'retry-after': String(seconds) }, body };
}

export function brokenConnection(reset: NonNullable<Fault['reset']>, on?: string): Fault {
  return { when: 'after', reset, ...named(on) };
}

export function slowAnswer(slowMs: number, on?: string): Fault {
  return { when: 'after', slowMs, ...named(on) };
}

/** Somebody else acts after the call was answered from the state before. */
export function meanwhile(on: string, act: () => void | Promise<void>): Fault {
  return { when: 'after', on, meanwhile: act };
}

const limits = 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api';

function named(on: string | undefined): { readonly on?: string } {
  return on === undefined ? {} : { on };
}
