import type { Answer, Token, World } from './world.ts';
import { problem } from './world.ts';

/** Operations whose result others are told of: GitHub limits them apart. */
const contents =
  /^(issues\/create|issues\/create-comment|issues\/update-comment|pulls\/create|repos\/create-release)$/;

/**
 * The limits of calls and of contents, counted for each token; what is over them does nothing.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function overLimit(world: World, token: Token, operation: string): Answer | undefined {
  if (operation === 'rate-limit/get') return undefined;
  if (token.remaining <= 0) {
    return problem(403, 'API rate limit exceeded for installation.');
  }
  token.remaining--;
  if (!contents.test(operation)) return undefined;
  const now = world.now().getTime();
  const within = (ms: number): number => token.created.filter((at) => now - at < ms).length;
  if (within(60_000) >= world.rate.contentsAMinute || within(3_600_000) >= world.rate.contentsAnHour) {
    const message =
      'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
    return { ...problem(403, message), headers: { 'retry-after': '60' } };
  }
  token.created.push(now);
  return undefined;
}

export function limitHeaders(world: World, token: Token): Record<string, string> {
  return {
    'x-ratelimit-limit': String(world.rate.limit),
    'x-ratelimit-remaining': String(token.remaining),
    'x-ratelimit-used': String(world.rate.limit - token.remaining),
    'x-ratelimit-reset': String(Math.floor(world.now().getTime() / 1000) + 3600),
    'x-ratelimit-resource': 'core',
  };
}
