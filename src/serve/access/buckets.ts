import type { Rate } from './access-file.ts';

/** Buckets beyond this many are looked through for full ones, which need not be remembered. */
const mostBuckets = 10_000;

interface Bucket {
  tokens: number;
  /** In milliseconds on the monotonic clock. */
  filled: number;
}

/** How often each identity may ask: a token bucket, filled steadily. */
export class Buckets {
  readonly #buckets = new Map<string, Bucket>();

  /** Takes one token; the seconds until there is one when there is none. */
  take(name: string, rate: Rate, now: number): number | undefined {
    const perSecond = rate['per-second'];
    const size = rate.burst ?? Math.max(1, perSecond);
    let bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      if (this.#buckets.size >= mostBuckets) this.#forgetFull(size, perSecond, now);
      bucket = { tokens: size, filled: now };
      this.#buckets.set(name, bucket);
    }
    bucket.tokens = Math.min(size, bucket.tokens + ((now - bucket.filled) / 1000) * perSecond);
    bucket.filled = now;
    if (bucket.tokens < 1) return (1 - bucket.tokens) / perSecond;
    bucket.tokens -= 1;
    return undefined;
  }

  #forgetFull(size: number, perSecond: number, now: number): void {
    for (const [name, { tokens, filled }] of this.#buckets)
      if (tokens + ((now - filled) / 1000) * perSecond >= size) this.#buckets.delete(name);
    // All of them are busy: the oldest goes.
    if (this.#buckets.size >= mostBuckets) this.#buckets.delete(this.#buckets.keys().next().value!);
  }
}
