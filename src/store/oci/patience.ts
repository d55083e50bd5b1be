import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Patience } from '../../git/index.ts';

/** With a registry that cannot now, or that others write the same to: six seconds at most, three on average. */
export function patienceUntil(signal: AbortSignal | undefined): Patience {
  return {
    tries: 5,
    pauseMs: [400, 5_000],
    random: () => randomBytes(4).readUInt32LE() / 2 ** 32,
    // Who is interrupted learns it from the next request.
    sleep: async (ms) => {
      await sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    },
  };
}

const codesOfAnother = /"code"\s*:\s*"(DIGEST_INVALID|(MANIFEST_)?BLOB_UNKNOWN|MANIFEST_UNKNOWN)"/;

/**
 * Whether a refusal may come from somebody who writes or removes the same at this moment. Distribution, on a file system,
 * empties the small file that links a blob, manifest or tag into a repository before it fills it again, for everyone who
 * sends what is there already: who meets it empty is told of an invalid digest (400), or of an error of the server (500),
 * which the session tries again as it is.
 */
export function isOfAnotherWriter(answer: { readonly status: number; readonly text: string }): boolean {
  const { status, text } = answer;
  return status === 404 || status === 409 || (status === 400 && codesOfAnother.test(text));
}
