/** Questions over a channel that only carries messages: each has a number, and the answer brings it back. */
export interface Calls<Answer> {
  /** Asks; `undefined` when no answer came in time or the other side is gone. */
  ask(send: (call: number) => void, milliseconds: number): Promise<Answer | undefined>;
  answer(call: number, answer: Answer): void;
  /** Nobody will answer any more. */
  end(): void;
}

export function openCalls<Answer>(): Calls<Answer> {
  const waiting = new Map<number, (answer: Answer | undefined) => void>();
  let count = 0;
  const settle = (call: number, answer: Answer | undefined): void => {
    const resolve = waiting.get(call);
    waiting.delete(call);
    resolve?.(answer);
  };
  return {
    ask: (send, milliseconds) =>
      new Promise((resolve) => {
        const call = count++;
        const timer = setTimeout(() => settle(call, undefined), milliseconds);
        waiting.set(call, (answer) => {
          clearTimeout(timer);
          resolve(answer);
        });
        send(call);
      }),
    answer: settle,
    end: () => {
      for (const call of [...waiting.keys()]) settle(call, undefined);
    },
  };
}
