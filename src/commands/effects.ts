/** The outside world as verbs see it: where they start, what time it is, where randomness comes from. */
export interface Effects {
  /** Absolute folder that the verb was started in. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number;
  /** So many bytes that nobody can guess. */
  readonly randomBytes: (count: number) => Uint8Array;
  readonly machine: Machine;
  /** From now on, whoever else has something to compute on this machine comes first; never fails. */
  readonly giveWay: () => void;
  readonly signal: AbortSignal;
}

export interface Machine {
  /** `linux-x64` */
  readonly platform: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Version of Node, without the `v`. */
  readonly node: string;
}
