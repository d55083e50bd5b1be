import type { Json } from './forge.ts';

/** A run or a job that wants to be alone in its group. */
export interface Holder {
  readonly label: string;
  cancel(why: string): void;
}

export interface ConcurrencyWish {
  readonly group: string;
  readonly cancelInProgress: boolean;
  /** `single`: one waits, and a newer one takes its place. `max`: all wait, in their order. */
  readonly queue: 'single' | 'max';
}

interface Waiting {
  readonly holder: Holder;
  readonly enter: (entered: boolean) => void;
}

interface Group {
  running: Holder | undefined;
  waiting: Waiting[];
}

/** https://docs.github.com/en/actions/concepts/workflows-and-actions/concurrency */
export class ConcurrencyGroups {
  readonly #groups = new Map<string, Group>();

  /** False when the holder was cancelled while it waited. Names of groups that differ in case alone are one. */
  async enter(repository: string, wish: ConcurrencyWish, holder: Holder): Promise<boolean> {
    const group = this.#groupOf(repository, wish.group);
    if (group.running === undefined) {
      group.running = holder;
      return true;
    }
    const why = `Canceling since a higher priority waiting request for '${wish.group}' exists`;
    if (wish.queue === 'single') {
      for (const waiting of group.waiting.splice(0)) {
        waiting.holder.cancel(why);
        waiting.enter(false);
      }
    }
    const entered = new Promise<boolean>((enter) => group.waiting.push({ holder, enter }));
    if (wish.cancelInProgress) group.running.cancel(why);
    return entered;
  }

  leave(repository: string, name: string, holder: Holder): void {
    const group = this.#groupOf(repository, name);
    const waits = group.waiting.findIndex((waiting) => waiting.holder === holder);
    if (waits >= 0) group.waiting.splice(waits, 1)[0]!.enter(false);
    if (group.running !== holder) return;
    const next = group.waiting.shift();
    group.running = next?.holder;
    next?.enter(true);
  }

  #groupOf(repository: string, name: string): Group {
    const key = `${repository}\0${name}`.toLowerCase();
    const group = this.#groups.get(key) ?? { running: undefined, waiting: [] };
    this.#groups.set(key, group);
    return group;
  }
}

/** An evaluated `concurrency:`. */
export function wishOf(value: unknown): ConcurrencyWish | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'object') return { group: String(value), cancelInProgress: false, queue: 'single' };
  const { group, 'cancel-in-progress': cancel, queue } = value as Json;
  return {
    group: String(group),
    cancelInProgress: cancel === true || cancel === 'true',
    queue: queue === 'max' ? 'max' : 'single',
  };
}
