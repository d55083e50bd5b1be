/** Decides whether a request may come in, before anything of it is read. */
export interface Admission {
  /**
   * Milliseconds that the work which is there will take, when that is more than a request should wait; `undefined`: it
   * may come in.
   */
  tooLong(underway: number): number | undefined;
  /** A request that came in was answered. */
  answered(): void;
  /** To be called some times a second. */
  look(): void;
}

export interface AdmissionOptions {
  /** Milliseconds that a request may have to wait behind others. */
  readonly mostWaitMs: number;
  /** Milliseconds since the start in which the event loop was busy. */
  readonly busyMs: () => number;
}

/** So many may always be under way: they arrive together, and say nothing about what comes. */
const always = 64;
/** Answers after which the pace is known anew. */
const sample = 20;
/** What a new measurement counts beside the old ones. */
const share = 0.3;

/**
 * A server that reads and checks what it then refuses has no time left for what it took. So the wait is foreseen: requests
 * under way, times the busy time of the event loop that an answer took lately (Little's law, with the capacity instead of
 * the rate of arrivals: few requests a second say nothing about how many there could be).
 */
export function openAdmission({ mostWaitMs, busyMs }: AdmissionOptions): Admission {
  let msPerAnswer = 0;
  let answers = 0;
  let busyBefore = busyMs();
  return {
    tooLong: (underway) => {
      if (underway <= always) return undefined;
      const wait = underway * msPerAnswer;
      return wait > mostWaitMs ? wait : undefined;
    },
    answered: () => {
      answers++;
    },
    look: () => {
      const busy = busyMs();
      // What was done while nobody was answered is not the price of an answer: models were loaded.
      if (answers === 0) busyBefore = busy;
      if (answers < sample) return;
      const now = (busy - busyBefore) / answers;
      msPerAnswer = msPerAnswer === 0 ? now : msPerAnswer + share * (now - msPerAnswer);
      busyBefore = busy;
      answers = 0;
    },
  };
}
