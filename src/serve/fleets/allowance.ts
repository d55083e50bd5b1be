export interface AllowanceOptions {
  /** Of the time that passes. */
  readonly share: number;
  /** Milliseconds that may be taken at once after a pause. */
  readonly most: number;
  /** Milliseconds that only go forward. */
  readonly clock: () => number;
}

/** A share of the time of a thread: it fills as time passes, and is spent by work. */
export interface Allowance {
  /** Something is left. What is then done may take more than that: it is missing afterwards. */
  isLeft(): boolean;
  /** Milliseconds of work that were done. */
  spend(milliseconds: number): void;
}

export function openAllowance({ share, most, clock }: AllowanceOptions): Allowance {
  let left = most;
  let last = clock();
  return {
    isLeft: () => {
      const now = clock();
      left = Math.min(most, left + (now - last) * share);
      last = now;
      return left > 0;
    },
    spend: (milliseconds) => {
      left -= milliseconds;
    },
  };
}
