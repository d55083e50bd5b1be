/** The value of something that can fail in an expected way. Bugs are thrown; expected failures are returned. */
export type Result<T, F> = Success<T> | Failed<F>;

export interface Success<T> {
  readonly ok: true;
  readonly value: T;
}

export interface Failed<F> {
  readonly ok: false;
  readonly failure: F;
}

export function success<T>(value: T): Success<T> {
  return { ok: true, value };
}

export function failed<F>(failure: F): Failed<F> {
  return { ok: false, failure };
}
